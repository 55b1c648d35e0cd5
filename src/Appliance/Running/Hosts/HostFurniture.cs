using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Ports.Linux;
using Appliance.Wire.Ip;

namespace Appliance.Running;

/// <summary>
/// What the host has at its ends of ports because the configuration says so: the ports' addresses, and the routes by them, behind any that
/// a daemon or an operator sets.
/// </summary>
internal sealed class HostFurniture(DeviceEditor editor)
{
    /// <summary>By which routes are known that are the appliance's (RTPROT_… of linux/rtnetlink.h has no name for it).</summary>
    public const byte Protocol = 77;

    private const uint Metric = 65_000;                                 // behind all that daemons use
    private const uint Permanent = 0x80;                                // IFA_F_PERMANENT

    private HashSet<HostAddress> _addresses = [];
    private List<HostRoute> _routes = [];

    /// <summary>Whether an address is one of those.</summary>
    public bool Has(HostAddress address) =>
        _addresses.Any(given => given.DeviceIndex == address.DeviceIndex && given.Prefix == address.Prefix);

    /// <summary>Answers what could not be done, a line each.</summary>
    public ImmutableArray<string> Arrange(RuntimeModel asked, IReadOnlyDictionary<int, HostEnd> ends)
    {
        ImmutableArray<string>.Builder faults = ImmutableArray.CreateBuilder<string>();
        HashSet<HostAddress> addresses = [.. ends.SelectMany(end => AddressesOf(asked.Ports[end.Key], end.Value))];
        List<HostRoute> routes = [.. asked.Routes.Select(route => RouteOf(route, ends)).OfType<HostRoute>()];
        foreach (HostRoute gone in _routes.Where(had => !routes.Exists(route => IsSame(route, had)))) Try(() => editor.RemoveRoute(gone));
        foreach (HostAddress gone in _addresses.Except(addresses)) Try(() => editor.RemoveAddress(gone));
        foreach (HostAddress address in addresses.Except(_addresses)) Try(() => editor.AddAddress(address));
        foreach (HostRoute route in routes) Try(() => editor.AddRoute(route));
        (_addresses, _routes) = (addresses, routes);
        return faults.DrainToImmutable();

        void Try(Action change)
        {
            try
            {
                change();
            }
            catch (SystemCallException failure)
            {
                faults.Add($"host path: {failure.Message}");
            }
        }
    }

    private static IEnumerable<HostAddress> AddressesOf(PortModel port, HostEnd end) => port.Addresses.Concat(port.VirtualAddresses)
        .Where(own => !own.Address.IsLinkLocal)
        .Select(own => new HostAddress(end.DeviceIndex, own, Permanent, 0, HostAddress.Forever, HostAddress.Forever)
        {
            Broadcast = own.TryGetBroadcast(out Ipv4Address broadcast) ? broadcast : null,
        });

    /// <summary>Null: not by an end. Of several ways the first.</summary>
    private static HostRoute? RouteOf(RouteModel route, IReadOnlyDictionary<int, HostEnd> ends)
    {
        foreach (NextHopModel way in route.Via)
        {
            if (!ends.TryGetValue(way.PortIndex, out HostEnd? end)) continue;
            return new HostRoute(
                route.To.Canonical, [new HostNextHop(way.Address, end.DeviceIndex, 1)],
                Metric, HostRoute.MainTable, Protocol, HostRoute.Unicast, Source: null);
        }

        return null;
    }

    private static bool IsSame(HostRoute route, HostRoute other) =>
        route.Destination == other.Destination && route.NextHops.SequenceEqual(other.NextHops);
}

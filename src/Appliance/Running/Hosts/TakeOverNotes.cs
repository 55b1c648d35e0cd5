using System.Collections.Immutable;
using System.Globalization;
using Appliance.Ports.Linux;
using Appliance.Wire.Ip;

namespace Appliance.Running;

/// <summary>
/// What was taken over, in a file for each port, a line for each address and route, until it is given back: it outlives a crash, in which
/// the host loses it with its ends of the ports. A file that cannot be written or read is none.
/// </summary>
internal sealed class TakeOverNotes(string folder)
{
    private const string Address = "address", Route = "route", OnLink = "-";

    public void Write(string port, HostTakeOver had)
    {
        IEnumerable<string> addresses = had.Addresses.Select(address => string.Create(
            CultureInfo.InvariantCulture, $"{Address} {address.Prefix} {address.Scope}"));
        IEnumerable<string> routes = had.Routes.Where(route => route.Table == HostRoute.MainTable).Select(route => string.Create(
            CultureInfo.InvariantCulture,
            $"{Route} {route.Destination} {route.NextHops[0].Gateway?.ToString() ?? OnLink} {route.Metric} {route.Protocol}"));
        Try(() => File.WriteAllLines(FileOf(port), [.. addresses, .. routes]));
    }

    /// <summary>Null: nothing is noted.</summary>
    /// <param name="port">Its name.</param>
    /// <param name="deviceIndex">Of its device, as it is now.</param>
    public HostTakeOver? Read(string port, int deviceIndex)
    {
        string[] lines = [];
        Try(() => lines = File.Exists(FileOf(port)) ? File.ReadAllLines(FileOf(port)) : []);
        string[][] words = [.. lines.Select(line => line.Split(' '))];
        ImmutableArray<HostAddress> addresses = [.. words.Select(line => ReadAddress(line, deviceIndex)).OfType<HostAddress>()];
        ImmutableArray<HostRoute> routes = [.. words.Select(line => ReadRoute(line, deviceIndex)).OfType<HostRoute>()];
        return addresses.IsEmpty && routes.IsEmpty ? null : new HostTakeOver(deviceIndex, addresses, routes);
    }

    public void Forget(string port) => Try(() => File.Delete(FileOf(port)));

    private static HostAddress? ReadAddress(string[] words, int deviceIndex)
    {
        if (words is not [Address, var prefix, var scope] || !IpPrefix.TryParse(prefix, out IpPrefix own)) return null;
        if (!byte.TryParse(scope, CultureInfo.InvariantCulture, out byte reach)) return null;
        return new HostAddress(deviceIndex, own, 0, reach, HostAddress.Forever, HostAddress.Forever)
        {
            Broadcast = own.TryGetBroadcast(out Ipv4Address broadcast) ? broadcast : null,
        };
    }

    private static HostRoute? ReadRoute(string[] words, int deviceIndex)
    {
        if (words is not [Route, var destination, var gateway, var metric, var protocol]) return null;
        IpAddress router = default;
        bool isRight = IpPrefix.TryParse(destination, out IpPrefix to) & (gateway == OnLink || IpAddress.TryParse(gateway, out router))
            & uint.TryParse(metric, CultureInfo.InvariantCulture, out uint cost)
            & byte.TryParse(protocol, CultureInfo.InvariantCulture, out byte by);
        if (!isRight) return null;
        var way = new HostNextHop(gateway == OnLink ? null : router, deviceIndex, 1);
        return new HostRoute(to, [way], cost, HostRoute.MainTable, by, HostRoute.Unicast, Source: null);
    }

    private static void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string FileOf(string port) => Path.Combine(folder, $"{port}.taken-over");
}

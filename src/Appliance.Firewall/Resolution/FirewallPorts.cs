using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The interfaces of a ruleset: the ports, their groups, and FreeBSD's loopback <c>lo0</c> in its group <c>lo</c>, which has addresses and
/// that no packet is ever at. A port comes before a group of its name, both before the loopback.
/// </summary>
public sealed class FirewallPorts : IInterfaceAddresses
{
    private const string Self = "self";
    private const int LinkLocalLength = 64;                           // bits; RFC 4291 §2.5.6
    private static readonly LoopbackAddresses Loopback = new();

    private readonly ImmutableArray<FirewallPort> _ports;
    private readonly Dictionary<string, ImmutableArray<FirewallPort>> _byName = new(StringComparer.Ordinal);

    public FirewallPorts(params IEnumerable<FirewallPort> ports)
    {
        _ports = [.. ports];
        foreach (IGrouping<string, FirewallPort> group in _ports
            .SelectMany(port => port.Groups.Distinct(StringComparer.Ordinal).Select(name => (name, port)))
            .GroupBy(pair => pair.name, pair => pair.port, StringComparer.Ordinal)) _byName[group.Key] = [.. group];
        foreach (FirewallPort port in _ports) _byName[port.Name] = [port];
    }

    internal ImmutableArray<FirewallPort> All => _ports;

    /// <summary>As long as a configuration lets them be.</summary>
    public int MaximumNameLength => 64;

    /// <summary>The ports of that name or group; false for a name that is neither.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out PortSet? ports)
    {
        bool isPort = _byName.TryGetValue(name, out ImmutableArray<FirewallPort> found);
        ports = isPort ? PortSet.Of(found.Select(port => (ushort)port.Index)) : Loopback.IsLoopback(name) ? PortSet.Of() : null;
        return ports is not null;
    }

    /// <summary>The port of that name; null: there is none, be there a group.</summary>
    public FirewallPort? FindPort(string name) => _ports.FirstOrDefault(port => string.Equals(port.Name, name, StringComparison.Ordinal));

    /// <summary>The same ports, as each has become.</summary>
    public FirewallPorts With(Func<FirewallPort, FirewallPort> change) => new(_ports.Select(change));

    /// <summary>Whether <see cref="AddressesOf"/> knows it, be there no address.</summary>
    public bool HasAddressesOf(string name) => name == Self || TryFind(name, out _);

    public bool IsLoopback(string name) => !_byName.ContainsKey(name) && Loopback.IsLoopback(name);

    public ImmutableArray<InterfaceAddress> AddressesOf(string name)
    {
        if (name == Self) return [.. _ports.SelectMany(AddressesAt), .. Loopback.AddressesOf(Self)];
        return _byName.TryGetValue(name, out ImmutableArray<FirewallPort> ports)
            ? [.. ports.SelectMany(AddressesAt)]
            : Loopback.AddressesOf(name);
    }

    public string? Nearest(string name) => HasAddressesOf(name) ? null : NearestName.Of(name, _byName.Keys);

    private static IEnumerable<InterfaceAddress> AddressesAt(FirewallPort port)
    {
        foreach (IpPrefix address in port.Addresses)
        {
            IpAddress? broadcast = address.TryGetBroadcast(out Ipv4Address last) ? last : null;
            yield return new InterfaceAddress(port.Name, address) { Broadcast = broadcast };
        }

        if (port.LinkLocal is { } own) yield return new InterfaceAddress(port.Name, new IpPrefix(own, LinkLocalLength));
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Building;

/// <summary>
/// Every address of the appliance and the network it is in. One prefix is on one port, and an address stands once; IPv6 link-local ones
/// count for each link by itself (RFC 4007 §5).
/// </summary>
internal sealed class AddressPlan(ImmutableArray<string> portNames, ErrorList errors)
{
    private const int AnyLink = -1;

    private readonly Dictionary<IpPrefix, int> _networks = [];
    private readonly SortedSet<int> _lengthsV4 = new(Comparer<int>.Create((left, right) => right - left));
    private readonly SortedSet<int> _lengthsV6 = new(Comparer<int>.Create((left, right) => right - left));
    private readonly Dictionary<(IpAddress Address, int Link), (int Port, TextPosition Position)> _own = [];
    private readonly List<IpPrefix>[] _networksOfPort = [.. portNames.Select(_ => new List<IpPrefix>())];
    private readonly DynamicAddressing[] _dynamic = new DynamicAddressing[portNames.Length];

    /// <summary>
    /// False once addresses of some port could not be read: then an address outside every known network may still be right.
    /// </summary>
    public bool IsComplete { get; private set; } = true;

    public void MarkIncomplete() => IsComplete = false;

    public void AddDynamic(int port, DynamicAddressing ways) => _dynamic[port] |= ways;

    /// <summary>Takes a port's own address; false and reported when it cannot be one.</summary>
    public bool TryAddOwn(int port, Positioned<IpPrefix> own)
    {
        if (AddressRules.WhyNotOwn(own.Value) is { } problem)
            return Refuse(own.Position, $"addresses: {own.Value} {problem}");
        if (!TryClaim(port, own)) return false;
        IpPrefix network = own.Value.Canonical;
        _networksOfPort[port].Add(network);
        if (IsLinkScoped(network.Address)) return true;
        ref int holder = ref CollectionsMarshal.GetValueRefOrAddDefault(_networks, network, out bool exists);
        if (exists && holder != port)
            return Refuse(own.Position,
                $"addresses: the network {network} is on the port '{portNames[holder]}' already; expected each network on one port");
        holder = port;
        (network.Address.IsV6 ? _lengthsV6 : _lengthsV4).Add(network.Length);
        return true;
    }

    /// <summary>Takes an address that the port has while it is master; false and reported when it cannot be one.</summary>
    public bool TryAddVirtual(int port, Positioned<IpPrefix> shared)
    {
        IpAddress address = shared.Value.Address;
        if (AddressRules.WhyNoStation(address) is { } what)
            return Refuse(shared.Position, $"addresses: {shared.Value} is {what}; expected a unicast address");
        if (FindNetwork(port, address) is { } network)
        {
            if (AddressRules.WhyNotHost(network, address) is { } place)
                return Refuse(shared.Position, $"addresses: {shared.Value} is {place}; expected an address of a host in it");
            if (shared.Value.Length < network.Length)
                return Refuse(shared.Position,
                    $"addresses: {shared.Value} is wider than the network {network} of its port; expected {address}/{network.Length}");
        }
        else if (IsComplete && !MayBeOn(port, address))
        {
            return Refuse(shared.Position, $"addresses: {OutsideOf(port, address)}");
        }

        return TryClaim(port, shared);
    }

    /// <summary>When all are known: the broadcast address of one port's network is no address of another's.</summary>
    public void CheckBroadcasts()
    {
        foreach ((IpPrefix network, int port) in _networks)
        {
            if (!network.TryGetBroadcast(out Ipv4Address broadcast) || !_own.TryGetValue((broadcast, AnyLink), out var own)) continue;
            Refuse(own.Position,
                $"addresses: {broadcast} is the broadcast address of {network} on the port '{portNames[port]}'; expected another address");
        }
    }

    /// <summary>The port with the longest network around the address; null when there is none.</summary>
    public int? FindPort(IpAddress address)
    {
        foreach (int length in address.IsV6 ? _lengthsV6 : _lengthsV4)
        {
            if (_networks.TryGetValue(new IpPrefix(address, length).Canonical, out int port)) return port;
        }

        return null;
    }

    /// <summary>The port whose own network this is.</summary>
    public int? PortOfNetwork(IpPrefix network) => _networks.TryGetValue(network, out int port) ? port : null;

    /// <summary>
    /// Null for an address that another station on the port's link may have; otherwise what is wrong and what would be right.
    /// </summary>
    public string? WhyNoStationOn(int port, IpAddress address)
    {
        if (AddressRules.WhyNoStation(address) is { } what) return $"{address} is {what}; expected the address of a station";
        if (_own.TryGetValue(Scoped(address, port), out (int Port, TextPosition Position) own))
            return $"{address} is the appliance's own, on the port '{portNames[own.Port]}'; expected the address of another station";
        if (FindNetwork(port, address) is not { } network) return !IsComplete || MayBeOn(port, address) ? null : OutsideOf(port, address);
        return AddressRules.WhyNotHost(network, address) is { } place ? $"{address} is {place}; expected an address of a host in it" : null;
    }

    /// <summary>Whether the port has or learns IPv6 addresses.</summary>
    public bool HasIpv6(int port) =>
        _dynamic[port].HasFlag(DynamicAddressing.Slaac) || _networksOfPort[port].Exists(network => network.Address.IsV6);

    private bool TryClaim(int port, Positioned<IpPrefix> own)
    {
        IpAddress address = own.Value.Address;
        if (_own.TryAdd(Scoped(address, port), (port, own.Position))) return true;
        (int holder, TextPosition position) = _own[Scoped(address, port)];
        return Refuse(own.Position,
            $"addresses: {address} is on the port '{portNames[holder]}' already (at {position}); expected each address once");
    }

    /// <summary>The longest network of the port around the address.</summary>
    private IpPrefix? FindNetwork(int port, IpAddress address)
    {
        IpPrefix? longest = null;
        foreach (IpPrefix network in _networksOfPort[port])
        {
            if (network.Contains(address) && network.Length > (longest?.Length ?? -1)) longest = network;
        }

        return longest;
    }

    /// <summary>Whether the address may be on the link though no static network says so.</summary>
    private bool MayBeOn(int port, IpAddress address)
    {
        DynamicAddressing family = address.IsV6 ? DynamicAddressing.Slaac : DynamicAddressing.Dhcp;
        return IsLinkScoped(address) || _dynamic[port].HasFlag(family) || _dynamic[port].HasFlag(DynamicAddressing.Host);
    }

    private string OutsideOf(int port, IpAddress address)
    {
        const int MaximumShown = 4;
        IpPrefix[] networks = [.. _networksOfPort[port].Where(network => network.Address.IsV6 == address.IsV6).Distinct()];
        string family = address.IsV6 ? "IPv6" : "IPv4";
        string right = networks.Length switch
        {
            0 => $"an {family} address among its 'addresses' first",
            <= MaximumShown => $"an address in {Wording.Or([.. networks.Select(network => network.ToString())])}",
            _ => $"an address in one of its {networks.Length} {family} networks",
        };
        return $"{address} is on no network of the port '{portNames[port]}'; expected {right}";
    }

    private bool Refuse(TextPosition position, string message)
    {
        errors.Add(position, message);
        return false;
    }

    private static (IpAddress Address, int Link) Scoped(IpAddress address, int port) => (address, IsLinkScoped(address) ? port : AnyLink);

    private static bool IsLinkScoped(IpAddress address) => address.IsV6 && address.IsLinkLocal;
}

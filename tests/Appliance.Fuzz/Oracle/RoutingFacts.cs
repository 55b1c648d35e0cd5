using Appliance.Configuration;
using Appliance.Node;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Fuzz.Oracle;

/// <summary>
/// A configuration as the twin reads it: lists that are searched from the front. Made from the validated configuration, not from the data
/// plane's models, so that what goes wrong on the way from one to the other is seen too.
/// </summary>
internal sealed class RoutingFacts
{
    public const ulong VirtualMacs = 0x0000_5e00_0100, VirtualMask = 0xffff_ffff_ff00;

    private readonly bool _inventNeighbours;
    private readonly Dictionary<(int Port, IpAddress Address), ulong> _neighbours;
    private readonly RouteFact[] _v4;                                   // longest prefix first
    private readonly RouteFact[] _v6;
    private readonly (uint Address, int Port)[] _ownV4;
    private readonly uint[] _broadcasts;
    private readonly (UInt128 Address, int Port)[] _ownV6;
    private readonly (IpAddress Address, int Port, ulong Mac)[] _virtual;    // at a MAC address of their own

    private readonly int[] _failover;                                   // ports with a virtual host, or of the lane

    public RoutingFacts(RuntimeModel model, bool inventNeighbours)
    {
        _failover = [.. model.HighAvailability is { } pair ? FailoverOf(pair) : []];
        _inventNeighbours = inventNeighbours;
        _neighbours = model.Neighbors.ToDictionary(neighbor => (neighbor.PortIndex, neighbor.Address), neighbor => neighbor.Mac.Value);
        Ports = [.. model.Ports.Select(port => FactOf(model, port))];
        _ownV4 = [.. OwnOf(model, v6: false).Select(own => ((uint)own.Address.Bits, own.Port))];
        IEnumerable<(UInt128 Address, int Port)> made = Ports.Select(port => (LinkLocalOf(port.Mac), port.Index));
        _ownV6 = [.. OwnOf(model, v6: true).Select(own => (own.Address.Bits, own.Port)), .. made];
        _broadcasts = [.. BroadcastsOf(model)];
        _virtual = [.. VirtualOf(model)];
        _v4 = RoutesOf(model, v6: false);
        _v6 = RoutesOf(model, v6: true);
    }

    public PortFact[] Ports { get; }

    /// <summary>Every own address, for mutations to aim at.</summary>
    public IEnumerable<uint> OwnV4 => _ownV4.Select(own => own.Address);

    public IEnumerable<uint> BroadcastsV4 => _broadcasts;

    public IEnumerable<UInt128> OwnV6 => _ownV6.Select(own => own.Address);

    public bool SpeaksFailover(int port) => Array.IndexOf(_failover, port) >= 0;

    public int FindSubport(int parent, int vlan)
    {
        foreach (PortFact port in Ports)
        {
            if (port.Parent == parent && port.Vlan == vlan) return port.Index;
        }

        return -1;
    }

    /// <summary>At which MAC address neighbours find an own address on a port.</summary>
    public ulong MacOf(IpAddress address, int port)
    {
        foreach ((IpAddress Address, int Port, ulong Mac) one in _virtual)
        {
            if (one.Port == port && one.Address == address) return one.Mac;
        }

        return Ports[port].Mac;
    }

    /// <summary>Whether a MAC address is a virtual host's on a port; a replay is all of them.</summary>
    public bool IsVirtual(ulong mac, int port) => _virtual.Any(one => one.Port == port && one.Mac == mac);

    public RouteFact? Lookup(UInt128 address, bool v6)
    {
        foreach (RouteFact route in v6 ? _v6 : _v4)
        {
            if ((address & route.Mask) == route.Network) return route;
        }

        return null;
    }

    public bool IsOwnV4(uint address)
    {
        foreach ((uint own, _) in _ownV4)
        {
            if (own == address) return true;
        }

        return false;
    }

    public bool IsOwnV4At(uint address, int port) => Array.IndexOf(_ownV4, (address, port)) >= 0;

    public bool IsBroadcast(uint address) => Array.IndexOf(_broadcasts, address) >= 0;

    /// <summary>Own to a frame from <paramref name="port"/>: a link-local address is one only on its link (RFC 4007 §5).</summary>
    public bool IsOwnV6(UInt128 address, int port)
    {
        bool linkLocal = new Ipv6Address(address).IsLinkLocal;
        foreach ((UInt128 own, int at) in _ownV6)
        {
            if (own == address && (!linkLocal || at == port)) return true;
        }

        return false;
    }

    public bool IsOwnV6At(UInt128 address, int port) => Array.IndexOf(_ownV6, (address, port)) >= 0;

    /// <summary>The MAC of the neighbour on a way; false: nobody knows it.</summary>
    public bool TryResolve(in Way way, IpAddress destination, out ulong mac)
    {
        IpAddress neighbour = way.Gateway ?? destination;
        if (_neighbours.TryGetValue((way.Port, neighbour), out mac)) return true;
        mac = 0x0200_0000_0000UL | (uint)neighbour.Bits;
        return _inventNeighbours;
    }

    public bool TryErrorSource(int port, bool v6, out UInt128 source)
    {
        source = 0;
        if (SourceAt(Ports[port], v6) is { } own)
        {
            source = own;
            return true;
        }

        foreach (PortFact other in Ports)
        {
            if (SourceAt(other, v6) is not { } address) continue;
            source = address;
            return true;
        }

        return false;
    }

    private static UInt128? SourceAt(PortFact port, bool v6) => v6 ? port.V6 : port.V4 is { } v4 ? v4 : null;

    private static PortFact FactOf(RuntimeModel model, PortModel port)
    {
        PortModel physical = port;
        while (physical.ParentIndex is { } parent)
            physical = model.Ports[parent];
        IpPrefix? v4 = port.Addresses.Where(prefix => !prefix.Address.IsV6).Select(prefix => (IpPrefix?)prefix).FirstOrDefault();
        IpPrefix? v6 = port.Addresses.Where(prefix => prefix.Address.IsV6).Select(prefix => (IpPrefix?)prefix).FirstOrDefault();
        return new PortFact(
            port.Index, port.ParentIndex ?? -1, port.VlanId ?? 0, physical.Index, NodeModelsBuilder.MacOf(physical.Ordinal).Value,
            port.MtuBytes, port.ReversePath, (uint?)v4?.Address.Bits, v6?.Address.Bits,
            new RouteFact(0, 0, [new Way(port.Index, null)], port.MtuBytes));
    }

    private static IEnumerable<(IpAddress Address, int Port)> OwnOf(RuntimeModel model, bool v6) =>
        from port in model.Ports
        from prefix in port.Addresses.Concat(port.VirtualAddresses)
        where prefix.Address.IsV6 == v6
        select (prefix.Address, port.Index);

    private static IEnumerable<int> FailoverOf(HighAvailabilityModel pair) =>
        pair.Carp.Select(group => group.PortIndex).Concat(pair.Sync is { } lane ? [lane.PortIndex] : Array.Empty<int>());

    /// <summary>carp(4): 00:00:5e:00:01 and the VHID, for both families.</summary>
    private static IEnumerable<(IpAddress Address, int Port, ulong Mac)> VirtualOf(RuntimeModel model) =>
        from carp in model.HighAvailability?.Carp ?? []
        where carp.LinkAddress == CarpLinkAddress.Virtual
        from prefix in carp.Addresses
        select (prefix.Address, carp.PortIndex, VirtualMacs | (uint)carp.Vhid);

    private static IEnumerable<uint> BroadcastsOf(RuntimeModel model)
    {
        foreach (IpPrefix prefix in model.Ports.SelectMany(port => port.Addresses))
        {
            if (prefix.TryGetBroadcast(out Ipv4Address broadcast)) yield return broadcast.Value;
        }
    }

    /// <summary>fe80::/64 and the EUI-64 of the MAC (RFC 4291 Appendix A), byte by byte.</summary>
    private static UInt128 LinkLocalOf(ulong mac)
    {
        Span<byte> bytes = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 0, 0];
        Span<byte> octets = stackalloc byte[MacAddress.Length];
        Big.PutMac(octets, 0, mac);
        octets[..3].CopyTo(bytes[8..]);
        octets[3..].CopyTo(bytes[13..]);
        bytes[8] ^= 2;
        return Big.U128(bytes, 0);
    }

    private RouteFact[] RoutesOf(RuntimeModel model, bool v6)
    {
        IEnumerable<(IpPrefix To, Way[] Ways)> connected =
            from port in model.Ports from prefix in port.Addresses select (prefix.Canonical, new[] { new Way(port.Index, null) });
        IEnumerable<(IpPrefix To, Way[] Ways)> asked =
            model.Routes.Select(route => (route.To, route.Via.Select(via => new Way(via.PortIndex, via.Address)).ToArray()));
        return
        [
            .. connected.Concat(asked).Where(route => route.To.Address.IsV6 == v6).DistinctBy(route => route.To)
                .OrderByDescending(route => route.To.Length).Select(route => ToFact(route.To, route.Ways)),
        ];
    }

    private RouteFact ToFact(IpPrefix to, Way[] ways)
    {
        int bits = to.Address.BitLength;
        UInt128 all = bits == 128 ? UInt128.MaxValue : uint.MaxValue;
        UInt128 mask = to.Length == 0 ? 0 : all & ~((UInt128.One << (bits - to.Length)) - 1);
        int mtu = ways.Length == 0 ? 0 : Ports[ways[0].Port].MtuBytes;
        if (ways.Any(way => Ports[way.Port].MtuBytes != mtu)) throw new InvalidOperationException($"{to}: the twin knows one MTU a route.");
        return new RouteFact(to.Network.Bits & mask, mask, ways, mtu);
    }
}

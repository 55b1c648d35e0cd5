using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>
/// What the kernel says of one route (rtnetlink(7), RTM_NEWROUTE), read where it lies: there may be a million of them, and none is kept.
/// </summary>
public readonly ref struct RouteNotice
{
    private const uint Dead = 1, Cloned = 0x200;        // RTNH_F_DEAD, RTM_F_CLONED
    private const ushort Appended = 0x800;              // NLM_F_APPEND

    private readonly HostNextHop _only;
    private readonly ReadOnlySpan<byte> _ways;          // of several: struct rtnexthop and attributes, one behind the other

    private RouteNotice(RoutingCalls.Route header, ushort messageFlags, NetlinkAttributes attributes)
    {
        IpAddress destination = header.Family == RoutingCalls.Ipv6Family ? Ipv6Address.Any : Ipv4Address.Any;
        (Table, Protocol, Type, Service) = (header.Table, header.Protocol, header.Type, header.Tos);
        (IsCached, IsAppended) = ((header.Flags & Cloned) != 0, (messageFlags & Appended) != 0);
        IpAddress? gateway = null;
        int device = 0;
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case RoutingCalls.RouteDestination: destination = RoutingReader.AddressOf(attributes.Value) ?? destination; break;
                case RoutingCalls.RouteDevice: device = (int)attributes.Number; break;
                case RoutingCalls.RouteGateway or RoutingCalls.RouteVia: gateway = RoutingReader.GatewayOf(attributes); break;
                case RoutingCalls.RouteWays: _ways = attributes.Value; break;
                case RoutingCalls.RouteMetric: Metric = attributes.Number; break;
                case RoutingCalls.RouteTable: Table = attributes.Number; break;
                case RoutingCalls.RouteNextHopNumber: NextHopNumber = attributes.Number; break;
                case RoutingCalls.RouteSource: Source = RoutingReader.AddressOf(attributes.Value); break;
                default: break;
            }
        }

        Destination = new IpPrefix(destination, header.DestinationLength);
        if ((header.Flags & Dead) == 0) _only = new HostNextHop(gateway, device, 1);
    }

    /// <summary>Host bits are zero.</summary>
    public IpPrefix Destination { get; }

    /// <summary>The smaller goes first.</summary>
    public uint Metric { get; }

    /// <summary>254: main.</summary>
    public uint Table { get; }

    /// <summary>Who put it there: RTPROT_… of linux/rtnetlink.h.</summary>
    public byte Protocol { get; }

    /// <summary>RTN_…: what becomes of a datagram.</summary>
    public byte Type { get; }

    /// <summary>0, or the type of service that it is for alone.</summary>
    public byte Service { get; }

    /// <summary>The address that the host prefers by this way.</summary>
    public IpAddress? Source { get; }

    /// <summary>By which it names its way or ways; 0: it names none.</summary>
    public uint NextHopNumber { get; }

    /// <summary>It is what the kernel remembers of a destination, and no route.</summary>
    public bool IsCached { get; }

    /// <summary>It came behind another one for the same prefix with the same metric.</summary>
    public bool IsAppended { get; }

    /// <summary>False: it is of another family, or too short.</summary>
    /// <param name="body">Behind the header; borrowed.</param>
    /// <param name="messageFlags">NLM_F_… of the header.</param>
    /// <param name="notice">What it says.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, ushort messageFlags, out RouteNotice notice)
    {
        notice = default;
        if (!RoutingReader.TrySplit(body, out RoutingCalls.Route header, out NetlinkAttributes attributes)) return false;
        if (header.Family is not (RoutingCalls.Ipv4Family or RoutingCalls.Ipv6Family)) return false;
        notice = new RouteNotice(header, messageFlags, attributes);
        return true;
    }

    /// <summary>The only way on; false: there are several, or none.</summary>
    public bool TryGetOnly(out HostNextHop way)
    {
        way = _only;
        return _only.DeviceIndex != 0;
    }

    /// <summary>The ways on, without those that the kernel does not use.</summary>
    public ImmutableArray<HostNextHop> ReadWays()
    {
        if (_only.DeviceIndex != 0) return [_only];
        ImmutableArray<HostNextHop>.Builder ways = ImmutableArray.CreateBuilder<HostNextHop>();
        int header = Unsafe.SizeOf<RoutingCalls.Way>();
        for (ReadOnlySpan<byte> rest = _ways; rest.Length >= header;)
        {
            var way = MemoryMarshal.Read<RoutingCalls.Way>(rest);
            if (way.Length < header || way.Length > rest.Length) break;
            var attributes = new NetlinkAttributes(rest[header..way.Length]);
            IpAddress? gateway = null;
            while (attributes.MoveNext())
            {
                if (attributes.Type is RoutingCalls.RouteGateway or RoutingCalls.RouteVia) gateway = RoutingReader.GatewayOf(attributes);
            }

            if ((way.Flags & Dead) == 0) ways.Add(new HostNextHop(gateway, way.DeviceIndex, way.WeightLessOne + 1));
            rest = rest[Math.Min(rest.Length, (way.Length + 3) & ~3)..];
        }

        return ways.ToImmutable();
    }

    /// <summary>To be kept.</summary>
    internal HostRoute ToRoute() => new(Destination, ReadWays(), Metric, Table, Protocol, Type, Source);
}

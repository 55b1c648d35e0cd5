using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>One direction of a flow, by what its frames say on the wire. Of ICMP queries both ports are the identifier.</summary>
internal readonly record struct FollowedFlow(bool IsV6, IpProtocol Protocol, FrameEndpoints Ends)
{
    private const int IdentifierAt = 4, PortBytes = 4;

    public FollowedFlow Turned() => this with { Ends = Ends.Turned() };

    /// <summary>Of a parsed frame, as its bytes are now. False: it is no datagram, or a fragment that tells no ports.</summary>
    public static bool TryRead(Frame frame, out FollowedFlow flow)
    {
        flow = default;
        ref FrameInfo info = ref frame.Info;
        if (info.Network is not (NetworkKind.Ipv4 or NetworkKind.Ipv6)) return false;
        if ((info.Traits & FrameTraits.LaterFragment) != FrameTraits.None) return false;
        bool v6 = info.Network == NetworkKind.Ipv6;
        (UInt128 source, UInt128 destination) = AddressesOf(frame.Datagram, v6);
        (ushort sourcePort, ushort destinationPort) =
            (info.Traits & FrameTraits.Ports) != FrameTraits.None ? PortsOf(frame.Transport, info.Protocol) : default;
        flow = new FollowedFlow(v6, info.Protocol, new FrameEndpoints(source, destination, sourcePort, destinationPort));
        return true;
    }

    /// <summary>As <see cref="TryRead"/>; of an ICMP error, the flow of the answer to what it quotes. Default: it has none.</summary>
    public static FollowedFlow Of(Frame frame, out bool isError)
    {
        FollowedFlow flow = Of(frame, out QuotedDatagram? quoted);
        isError = quoted is not null;
        return flow;
    }

    /// <inheritdoc cref="Of(Frame, out bool)"/>
    public static FollowedFlow Of(Frame frame, out QuotedDatagram? quoted)
    {
        quoted = null;
        if (!TryRead(frame, out FollowedFlow flow)) return default;
        bool isMessage = flow.Protocol == (flow.IsV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp);
        if (!isMessage || !QuotedDatagram.TryRead(frame.Transport, flow.IsV6, out QuotedDatagram found)) return flow;
        quoted = found;
        var about = new FrameEndpoints(found.Source, found.Destination, found.SourcePort, found.DestinationPort);
        return new FollowedFlow(found.IsV6, found.Protocol, about.Turned());
    }

    public static (UInt128 Source, UInt128 Destination) AddressesOf(ReadOnlySpan<byte> datagram, bool v6) => v6
        ? (BinaryPrimitives.ReadUInt128BigEndian(datagram[8..]), BinaryPrimitives.ReadUInt128BigEndian(datagram[24..]))
        : (BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]), BinaryPrimitives.ReadUInt32BigEndian(datagram[16..]));

    private static (ushort Source, ushort Destination) PortsOf(ReadOnlySpan<byte> transport, IpProtocol protocol)
    {
        bool isEcho = protocol is IpProtocol.Icmp or IpProtocol.Icmpv6;
        if (transport.Length < (isEcho ? IdentifierAt + sizeof(ushort) : PortBytes)) return default;
        ushort first = BinaryPrimitives.ReadUInt16BigEndian(transport[(isEcho ? IdentifierAt : 0)..]);
        return isEcho ? (first, first) : (first, BinaryPrimitives.ReadUInt16BigEndian(transport[sizeof(ushort)..]));
    }
}

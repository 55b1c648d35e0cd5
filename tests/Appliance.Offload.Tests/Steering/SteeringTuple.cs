using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload.Tests.Steering;

/// <summary>
/// The slow twin of <see cref="TupleBatch"/>, one frame and one byte at a time. What of a frame is hashed: addresses, then ports, in
/// network order. Under <c>symmetric</c> the two endpoints are put in order and ports (of TCP, UDP and SCTP, or the ICMP echo identifier)
/// always count; otherwise the NDIS hash types decide. Fragments go by addresses alone, all of them.
/// </summary>
internal static class SteeringTuple
{
    /// <summary>
    /// Writes the input of the hash to <paramref name="tuple"/>; answers its length in bytes, 0 when there is nothing to hash.
    /// </summary>
    public static int Write(Frame frame, SteeringRules model, Span<byte> tuple)
    {
        ref FrameInfo info = ref frame.Info;
        if (info.Network is not (NetworkKind.Ipv4 or NetworkKind.Ipv6)) return 0;
        bool ports = (info.Traits & (FrameTraits.Ports | FrameTraits.Fragment)) == FrameTraits.Ports;
        bool v6 = info.Network == NetworkKind.Ipv6;
        if (!model.Symmetric)
        {
            HashTypes withPorts = TypeWithPorts(info.Protocol, v6);
            ports = ports && (model.Types & withPorts) != HashTypes.None;
            if (!ports && (model.Types & (v6 ? HashTypes.Ipv6 : HashTypes.Ipv4)) == HashTypes.None) return 0;
        }

        int addressLength = v6 ? Ipv6Address.Length : Ipv4Address.Length;
        Span<byte> addresses = frame.Datagram.Slice(v6 ? 8 : 12, 2 * addressLength);
        bool swap = model.Symmetric && IsSourceLater(addresses, addressLength, ports, ref info);
        Put(addresses, addressLength, swap, tuple);
        if (!ports) return 2 * addressLength;
        BinaryPrimitives.WriteUInt16BigEndian(tuple[(2 * addressLength)..], swap ? info.DestinationPort : info.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tuple[((2 * addressLength) + 2)..], swap ? info.SourcePort : info.DestinationPort);
        return (2 * addressLength) + 4;
    }

    private static bool IsSourceLater(Span<byte> addresses, int addressLength, bool ports, ref FrameInfo info)
    {
        int order = addresses[..addressLength].SequenceCompareTo(addresses[addressLength..]);
        return order > 0 || (order == 0 && ports && info.SourcePort > info.DestinationPort);
    }

    private static void Put(Span<byte> addresses, int addressLength, bool swap, Span<byte> tuple)
    {
        addresses[..addressLength].CopyTo(tuple[(swap ? addressLength : 0)..]);
        addresses[addressLength..].CopyTo(tuple[(swap ? 0 : addressLength)..]);
    }

    private static HashTypes TypeWithPorts(IpProtocol protocol, bool v6) => (protocol, v6) switch
    {
        (IpProtocol.Tcp, false) => HashTypes.TcpIpv4,
        (IpProtocol.Tcp, true) => HashTypes.TcpIpv6,
        (IpProtocol.Udp, false) => HashTypes.UdpIpv4,
        (IpProtocol.Udp, true) => HashTypes.UdpIpv6,
        _ => HashTypes.None,
    };
}

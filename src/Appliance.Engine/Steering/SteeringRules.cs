using System.Buffers.Binary;
using Appliance.Wire.Ip;

namespace Appliance.Engine;

/// <summary>How frames find their owner.</summary>
/// <param name="Hash">The hash under its key.</param>
/// <param name="Symmetric">The endpoints are put in order first, so that both directions meet; otherwise the NDIS rules bind.</param>
/// <param name="Types">What is hashed under the NDIS rules.</param>
/// <param name="Table">Bucket to worker.</param>
public sealed record SteeringRules(ToeplitzHash Hash, bool Symmetric, HashTypes Types, IndirectionTable Table)
{
    /// <summary>Whether every frame finds the same bucket under both, whoever owns it.</summary>
    public bool HasSameHashAs(SteeringRules other) =>
        Hash.Key.Bytes.AsSpan().SequenceEqual(other.Hash.Key.Bytes.AsSpan())
        && Symmetric == other.Symmetric
        && Types == other.Types
        && Table.Buckets == other.Table.Buckets;

    /// <summary>
    /// The bucket to which the dispatcher steers a frame, when one has not the frame but what is known of it. What is not hashed belongs to
    /// bucket 0.
    /// </summary>
    public ushort BucketOf(in SteeringTuple arriving) => Table.BucketOf(HashOf(arriving));

    /// <summary>The hash of a frame, 0 where nothing of it is hashed.</summary>
    public uint HashOf(in SteeringTuple arriving)
    {
        bool v6 = arriving.IsV6, portsCount = arriving.HasPorts && (Symmetric || CountsPortsOf(arriving.Protocol, v6));
        if (!portsCount && !Symmetric && (Types & (v6 ? HashTypes.Ipv6 : HashTypes.Ipv4)) == HashTypes.None) return 0;
        Span<byte> input = stackalloc byte[ToeplitzHash.MaxInputLength];
        int length = v6 ? Ipv6Address.Length : Ipv4Address.Length;
        bool turned = Symmetric && IsSourceLater(arriving);
        Write(input, turned ? arriving.Destination : arriving.Source, v6);
        Write(input[length..], turned ? arriving.Source : arriving.Destination, v6);
        if (!portsCount) return Hash.Hash(input[..(2 * length)]);
        BinaryPrimitives.WriteUInt16BigEndian(input[(2 * length)..], turned ? arriving.DestinationPort : arriving.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(input[((2 * length) + 2)..], turned ? arriving.SourcePort : arriving.DestinationPort);
        return Hash.Hash(input[..((2 * length) + 4)]);
    }

    /// <summary>
    /// Whether the ports of a protocol are hashed. An ICMP echo's identifier, which counts as ports where endpoints are put in order, is
    /// the caller's to know.
    /// </summary>
    public bool CountsPortsOf(IpProtocol protocol, bool v6) => Symmetric
        ? protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp
        : (Types & TypeWithPorts(protocol, v6)) != HashTypes.None;

    private static HashTypes TypeWithPorts(IpProtocol protocol, bool v6) => (protocol, v6) switch
    {
        (IpProtocol.Tcp, false) => HashTypes.TcpIpv4,
        (IpProtocol.Tcp, true) => HashTypes.TcpIpv6,
        (IpProtocol.Udp, false) => HashTypes.UdpIpv4,
        (IpProtocol.Udp, true) => HashTypes.UdpIpv6,
        _ => HashTypes.None,
    };

    /// <summary>By address, and of equal addresses by port.</summary>
    private static bool IsSourceLater(in SteeringTuple tuple) =>
        tuple.Source > tuple.Destination || (tuple.Source == tuple.Destination && tuple.SourcePort > tuple.DestinationPort);

    private static void Write(Span<byte> bytes, UInt128 address, bool v6)
    {
        if (v6) BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        else BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)address);
    }
}

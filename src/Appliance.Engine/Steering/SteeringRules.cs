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
    /// Whether the ports of a protocol are hashed. An ICMP echo's identifier, which counts as ports where endpoints are put in order, is
    /// the caller's to know.
    /// </summary>
    public bool CountsPortsOf(IpProtocol protocol, bool v6) => Symmetric
        ? protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp
        : (Types & TypeWithPorts(protocol, v6)) != HashTypes.None;

    /// <summary>The bucket that a frame between two endpoints finds. IPv4 addresses are in the low 32 bits, ports of 0 are none.</summary>
    public ushort BucketOf(bool v6, UInt128 source, UInt128 destination, ushort sourcePort, ushort destinationPort)
    {
        bool isTurned = Symmetric && (source > destination || (source == destination && sourcePort > destinationPort));
        return isTurned
            ? BucketOfTuple(v6, destination, source, destinationPort, sourcePort)
            : BucketOfTuple(v6, source, destination, sourcePort, destinationPort);
    }

    /// <summary>The bucket of a tuple as it stands, whether or not its endpoints are in order.</summary>
    public ushort BucketOfTuple(bool v6, UInt128 first, UInt128 second, ushort firstPort, ushort secondPort)
    {
        Span<byte> tuple = stackalloc byte[ToeplitzHash.MaxInputLength];
        int length = v6 ? Ipv6Address.Length : Ipv4Address.Length;
        if (v6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(tuple, first);
            BinaryPrimitives.WriteUInt128BigEndian(tuple[length..], second);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(tuple, (uint)first);
            BinaryPrimitives.WriteUInt32BigEndian(tuple[length..], (uint)second);
        }

        BinaryPrimitives.WriteUInt16BigEndian(tuple[(2 * length)..], firstPort);
        BinaryPrimitives.WriteUInt16BigEndian(tuple[((2 * length) + sizeof(ushort))..], secondPort);
        return Table.BucketOf(Hash.Hash(tuple[..(2 * (length + sizeof(ushort)))]));
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

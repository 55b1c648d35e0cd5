using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// All that a rule may look at. What a packet does not have is 0: ports without TCP, UDP or SCTP, flags without TCP, type and code
/// without ICMP (protocol 1 in IPv4, 58 in IPv6; the other two combinations have neither).
/// </summary>
public readonly record struct PacketView
{
    /// <summary>An IPv4 address in the low 32 bits.</summary>
    public UInt128 Source { get; init; }

    public UInt128 Destination { get; init; }

    /// <summary>The frame's number, for <c>probability</c>: the same frame is judged alike wherever and whenever.</summary>
    public ulong Ordinal { get; init; }

    /// <summary>IP lengths of all frames that this packet stands for.</summary>
    public long Bytes { get; init; }

    /// <summary>Frames that this packet stands for: more than one for a train.</summary>
    public int Frames { get; init; }

    public ushort SourcePort { get; init; }
    public ushort DestinationPort { get; init; }

    /// <summary>The port at which it is judged.</summary>
    public ushort Port { get; init; }

    /// <summary>The port by which it came to the appliance; -1: it was made here.</summary>
    public int ReceivedOn { get; init; }

    /// <summary>The tag that it has already; 0: none.</summary>
    public ushort Tag { get; init; }

    /// <summary>4 or 6.</summary>
    public byte Family { get; init; }

    /// <summary><see cref="RuleDirection.In"/> or <see cref="RuleDirection.Out"/>.</summary>
    public RuleDirection Direction { get; init; }

    public IpProtocol Protocol { get; init; }

    /// <summary>The DS field, its two ECN bits 0.</summary>
    public byte Tos { get; init; }

    /// <summary>The flags octet of the TCP header.</summary>
    public byte TcpFlags { get; init; }

    public byte IcmpType { get; init; }
    public byte IcmpCode { get; init; }
    public PacketTraits Traits { get; init; }

    public bool IsV6 => Family == 6;
    public bool IsLaterFragment => (Traits & PacketTraits.LaterFragment) != 0;

    /// <summary>Whether the ports are ports, and known.</summary>
    public bool HasPorts => Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp && !IsLaterFragment;

    /// <summary>Whether type and code are those of a message, and known.</summary>
    public bool HasIcmp => Protocol == (IsV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp) && !IsLaterFragment;
}

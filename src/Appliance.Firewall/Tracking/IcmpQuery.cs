using System.Buffers.Binary;
using Appliance.Wire.Icmp;

namespace Appliance.Firewall;

/// <summary>
/// What an ICMP or ICMPv6 message that is no error is to its flow. Queries and their replies are one flow, told apart from others by the
/// query's type and the identifier. The type is part of the key: an echo with the identifier 0 is never taken for neighbour discovery or
/// anything else without identifier (CVE-2024-6640).
/// </summary>
/// <param name="QueryType">The type of the query, for query and reply; else the message's own.</param>
/// <param name="Identifier">0 where the type has none.</param>
/// <param name="IsReply">It only belongs to a flow that the other end began.</param>
/// <param name="HasIdentifier">The identifier may be translated.</param>
public readonly record struct IcmpQuery(byte QueryType, ushort Identifier, bool IsReply, bool HasIdentifier)
{
    private const int HeaderLength = 8;                                 // bytes
    private const byte InformationRequest = 15, InformationReply = 16, MaskRequest = 17, MaskReply = 18;

    /// <summary>
    /// False for errors, which belong to the flow that they quote (<see cref="QuotedDatagram"/>), and for messages below 8 bytes.
    /// </summary>
    /// <param name="message">From the ICMP header's first byte.</param>
    /// <param name="v6">The family of the IP header in front. Callers hand over protocol 1 in IPv4 and 58 in IPv6, nothing else.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, bool v6, out IcmpQuery query)
    {
        query = default;
        if (message.Length < HeaderLength || IsError(message[0], v6)) return false;
        ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        (byte type, bool isReply) = v6 ? PairOfIcmpv6(message[0]) : PairOfIcmp(message[0]);
        bool hasIdentifier = type != 0;
        query = new IcmpQuery(hasIdentifier ? type : message[0], hasIdentifier ? identifier : (ushort)0, isReply, hasIdentifier);
        return true;
    }

    /// <summary>RFC 1122 §3.2.2 and RFC 4443 §2.1. Unknown errors of ICMPv6 are errors, too.</summary>
    public static bool IsError(byte type, bool v6) => v6
        ? type < (byte)Icmpv6Type.EchoRequest
        : (IcmpType)type is IcmpType.DestinationUnreachable or IcmpType.SourceQuench or IcmpType.Redirect or IcmpType.TimeExceeded
            or IcmpType.ParameterProblem;

    private static (byte Type, bool IsReply) PairOfIcmp(byte type) => type switch
    {
        (byte)IcmpType.EchoRequest => ((byte)IcmpType.EchoRequest, false),
        (byte)IcmpType.EchoReply => ((byte)IcmpType.EchoRequest, true),
        (byte)IcmpType.TimestampRequest => ((byte)IcmpType.TimestampRequest, false),
        (byte)IcmpType.TimestampReply => ((byte)IcmpType.TimestampRequest, true),
        InformationRequest => (InformationRequest, false),
        InformationReply => (InformationRequest, true),
        MaskRequest => (MaskRequest, false),
        MaskReply => (MaskRequest, true),
        _ => default,
    };

    private static (byte Type, bool IsReply) PairOfIcmpv6(byte type) => (Icmpv6Type)type switch
    {
        Icmpv6Type.EchoRequest => ((byte)Icmpv6Type.EchoRequest, false),
        Icmpv6Type.EchoReply => ((byte)Icmpv6Type.EchoRequest, true),
        _ => default,
    };
}

using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>Where in a transport header stands what translation changes.</summary>
internal readonly record struct TransportFields
{
    public const int None = -1;

    /// <summary>Bytes that must be there before anything is changed.</summary>
    public int MinLength { get; private init; }

    /// <summary>Of the Internet checksum; <see cref="None"/>: there is none.</summary>
    public int ChecksumAt { get; private init; }

    /// <summary>The checksum covers the addresses, too.</summary>
    public bool HasPseudoHeader { get; private init; }

    /// <summary>Zero says that there is no checksum, and is never the result of one (RFC 768).</summary>
    public bool ZeroIsNone { get; private init; }

    public bool HasPorts { get; private init; }

    /// <summary>Of an ICMP query; <see cref="None"/>: it has none.</summary>
    public int IdentifierAt { get; private init; }

    /// <param name="kind">Of the protocol in its family.</param>
    /// <param name="protocol">For UDP-Lite, which has a checksum over the addresses although nobody tracks it.</param>
    /// <param name="firstByte">Of the transport header: an ICMP message's type.</param>
    public static TransportFields Of(TrackKind kind, IpProtocol protocol, byte firstByte) => kind switch
    {
        TrackKind.Tcp =>
            new TransportFields { MinLength = 18, ChecksumAt = 16, HasPseudoHeader = true, HasPorts = true, IdentifierAt = None },
        TrackKind.Udp => new TransportFields
        {
            MinLength = 8, ChecksumAt = 6, HasPseudoHeader = true, ZeroIsNone = true, HasPorts = true, IdentifierAt = None,
        },
        TrackKind.Sctp => new TransportFields { MinLength = 12, ChecksumAt = None, HasPorts = true, IdentifierAt = None },
        TrackKind.Icmp => new TransportFields { MinLength = 8, ChecksumAt = 2, IdentifierAt = HasIdentifier(firstByte) ? 4 : None },
        TrackKind.Icmpv6 => new TransportFields
        {
            MinLength = 8, ChecksumAt = 2, HasPseudoHeader = true, IdentifierAt = IsEcho(firstByte) ? 4 : None,
        },
        _ when protocol == IpProtocol.UdpLite => new TransportFields
        {
            MinLength = 8, ChecksumAt = 6, HasPseudoHeader = true, ZeroIsNone = true, IdentifierAt = None,
        },
        _ => new TransportFields { ChecksumAt = None, IdentifierAt = None },
    };

    /// <summary>Queries and replies of echo, timestamp, information (15, 16) and address mask (17, 18); RFC 792, RFC 950.</summary>
    private static bool HasIdentifier(byte type) =>
        type is (byte)IcmpType.EchoReply or (byte)IcmpType.EchoRequest or (>= (byte)IcmpType.TimestampRequest and <= 18);

    private static bool IsEcho(byte type) => type is (byte)Icmpv6Type.EchoRequest or (byte)Icmpv6Type.EchoReply;
}

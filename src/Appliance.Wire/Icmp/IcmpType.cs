namespace Appliance.Wire.Icmp;

/// <summary>ICMP types (RFC 792; IANA ICMP Parameters), as far as a router meets them.</summary>
public enum IcmpType : byte
{
    EchoReply = 0,
    DestinationUnreachable = 3,
    SourceQuench = 4,           // deprecated by RFC 6633, still an error
    Redirect = 5,
    EchoRequest = 8,
    RouterAdvertisement = 9,    // RFC 1256
    RouterSolicitation = 10,
    TimeExceeded = 11,
    ParameterProblem = 12,
    TimestampRequest = 13,
    TimestampReply = 14,
    ExtendedEchoRequest = 42,   // RFC 8335
    ExtendedEchoReply = 43,
}

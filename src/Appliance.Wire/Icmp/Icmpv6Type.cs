namespace Appliance.Wire.Icmp;

/// <summary>ICMPv6 types (RFC 4443; IANA ICMPv6 Parameters), as far as a router meets them. Those below 128 are errors.</summary>
public enum Icmpv6Type : byte
{
    DestinationUnreachable = 1,
    PacketTooBig = 2,
    TimeExceeded = 3,
    ParameterProblem = 4,
    EchoRequest = 128,
    EchoReply = 129,
    MulticastListenerQuery = 130,         // RFC 2710
    MulticastListenerReport = 131,
    MulticastListenerDone = 132,
    RouterSolicitation = 133,             // RFC 4861
    RouterAdvertisement = 134,
    NeighborSolicitation = 135,
    NeighborAdvertisement = 136,
    Redirect = 137,
    MulticastListenerReportVersion2 = 143, // RFC 9777
    ExtendedEchoRequest = 160,            // RFC 8335
    ExtendedEchoReply = 161,
}

namespace Appliance.Wire.Ndp;

/// <summary>Options of neighbour discovery (RFC 4861 §4.6; IANA IPv6 Neighbor Discovery Option Formats).</summary>
public enum NdpOptionType : byte
{
    SourceLinkLayerAddress = 1,
    TargetLinkLayerAddress = 2,
    PrefixInformation = 3,
    RedirectedHeader = 4,
    Mtu = 5,
    Nonce = 14,                 // RFC 3971
    RouteInformation = 24,      // RFC 4191
    RecursiveDnsServers = 25,   // RFC 8106
    DnsSearchList = 31,
}

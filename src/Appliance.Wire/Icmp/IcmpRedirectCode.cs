namespace Appliance.Wire.Icmp;

/// <summary>Codes of ICMP redirect (RFC 792). Routers send those for hosts only (RFC 1812 §5.2.7.2).</summary>
public enum IcmpRedirectCode : byte
{
    Network = 0,
    Host = 1,
    ServiceAndNetwork = 2,
    ServiceAndHost = 3,
}

namespace Appliance.Wire.Icmp;

/// <summary>Codes of time exceeded, the same in ICMP (RFC 792) and ICMPv6 (RFC 4443 §3.3).</summary>
public enum IcmpTimeExceededCode : byte
{
    InTransit = 0,
    Reassembly = 1,
}

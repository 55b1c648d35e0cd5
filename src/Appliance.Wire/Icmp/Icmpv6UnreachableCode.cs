namespace Appliance.Wire.Icmp;

/// <summary>Codes of ICMPv6 destination unreachable (RFC 4443 §3.1).</summary>
public enum Icmpv6UnreachableCode : byte
{
    NoRoute = 0,
    AdministrativelyProhibited = 1,
    BeyondScopeOfSource = 2,
    Address = 3,
    Port = 4,
    SourceFailedPolicy = 5,
    RouteRejected = 6,
}

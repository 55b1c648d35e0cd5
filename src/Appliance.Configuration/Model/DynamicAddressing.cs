namespace Appliance.Configuration;

/// <summary>The ways in which a live port learns addresses besides its static ones. Replay learns none.</summary>
[Flags]
public enum DynamicAddressing
{
    None = 0,
    Dhcp = 1,                                                         // IPv4, RFC 2131
    Slaac = 2,                                                        // IPv6, RFC 4862
    Host = 4,                                                         // those of the host's interface, both families
}

namespace Appliance.Firewall.Language;

/// <summary>What a rule says of the address family; the numbers are the IP versions.</summary>
public enum AddressFamily : byte
{
    Unspecified = 0,
    Inet = 4,
    Inet6 = 6,
}

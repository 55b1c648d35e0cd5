namespace Appliance.Firewall;

/// <summary>A condition on the type and code of an ICMP message of the rule's protocol; null is any. A code needs a type.</summary>
public readonly record struct IcmpMatch(byte? Type, byte? Code = null)
{
    public bool IsAny => Type is null && Code is null;
}

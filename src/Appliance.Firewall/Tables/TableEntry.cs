using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>A prefix of an <see cref="AddressTable"/>: what is within is a member, or with <paramref name="IsNegated"/> is not.</summary>
public readonly record struct TableEntry(IpPrefix Prefix, bool IsNegated = false)
{
    public override string ToString() => IsNegated ? $"! {Prefix}" : Prefix.ToString();
}

using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Ip;

/// <summary>An address of either family. An IPv4 address occupies the low 32 bits of <see cref="Bits"/>.</summary>
public readonly record struct IpAddress
{
    private IpAddress(UInt128 bits, bool isV6) => (Bits, IsV6) = (bits, isV6);

    public UInt128 Bits { get; }
    public bool IsV6 { get; }
    public Ipv4Address V4 => new((uint)Bits);
    public Ipv6Address V6 => new(Bits);

    /// <summary>32 or 128.</summary>
    public int BitLength => IsV6 ? 128 : 32;

    public bool IsMulticast => IsV6 ? V6.IsMulticast : V4.IsMulticast;
    public bool IsLinkLocal => IsV6 ? V6.IsLinkLocal : V4.IsLinkLocal;

    /// <summary>Where frames to this group go (RFC 1112 §6.4, RFC 2464 §7).</summary>
    public MacAddress GroupMac => IsV6 ? V6.GroupMac : V4.GroupMac;

    public static implicit operator IpAddress(Ipv4Address address) => new(address.Value, isV6: false);
    public static implicit operator IpAddress(Ipv6Address address) => new(address.Value, isV6: true);

    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        bool isV4 = Ipv4Address.TryParse(text, out Ipv4Address v4);
        bool isV6 = Ipv6Address.TryParse(text, out Ipv6Address v6);
        address = isV4 ? v4 : v6;
        return isV4 || isV6;
    }

    public override string ToString() => IsV6 ? V6.ToString() : V4.ToString();
}

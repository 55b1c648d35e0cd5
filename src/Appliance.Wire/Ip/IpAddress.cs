using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Ip;

/// <summary>An address of either family. An IPv4 address occupies the low 32 bits of <see cref="Bits"/>.</summary>
public readonly record struct IpAddress
{
    // Not as a UInt128: what has one in it is never compiled ahead, and would be at every start.
    private readonly ulong _high;
    private readonly ulong _low;

    private IpAddress(ulong high, ulong low, bool isV6) => (_high, _low, IsV6) = (high, low, isV6);

    public UInt128 Bits => new(_high, _low);

    public bool IsV6 { get; }
    public Ipv4Address V4 => new((uint)_low);
    public Ipv6Address V6 => new(_high, _low);

    /// <summary>32 or 128.</summary>
    public int BitLength => IsV6 ? 128 : 32;

    public bool IsMulticast => IsV6 ? V6.IsMulticast : V4.IsMulticast;
    public bool IsLinkLocal => IsV6 ? V6.IsLinkLocal : V4.IsLinkLocal;

    /// <summary>Where frames to this group go (RFC 1112 §6.4, RFC 2464 §7).</summary>
    public MacAddress GroupMac => IsV6 ? V6.GroupMac : V4.GroupMac;

    public static implicit operator IpAddress(Ipv4Address address) => new(0, address.Value, isV6: false);
    public static implicit operator IpAddress(Ipv6Address address) => new(address.High, address.Low, isV6: true);

    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        bool isV4 = Ipv4Address.TryParse(text, out Ipv4Address v4);
        bool isV6 = Ipv6Address.TryParse(text, out Ipv6Address v6);
        address = isV4 ? v4 : v6;
        return isV4 || isV6;
    }

    /// <summary>
    /// Under a secret of the process, and word by word, unlike a record's own: strangers choose addresses, and must not choose what
    /// collides.
    /// </summary>
    public override int GetHashCode() => HashCode.Combine((uint)(_high >> 32), (uint)_high, (uint)(_low >> 32), (uint)_low, IsV6);

    public override string ToString() => IsV6 ? V6.ToString() : V4.ToString();
}

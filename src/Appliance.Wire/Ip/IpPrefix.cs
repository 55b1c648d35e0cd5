using System.Globalization;

namespace Appliance.Wire.Ip;

/// <summary>
/// An address and the length of its network part in bits. The host bits are kept: 192.168.1.1/24 names an address within its network.
/// </summary>
public readonly record struct IpPrefix(IpAddress Address, int Length)
{
    /// <summary>The address with its host bits cleared.</summary>
    public IpAddress Network => Address.IsV6
        ? new Ipv6Address(Address.Bits & ~HostMask)
        : new Ipv4Address((uint)(Address.Bits & ~HostMask));

    /// <summary>The same prefix without host bits: 192.168.1.0/24.</summary>
    public IpPrefix Canonical => new(Network, Length);

    /// <summary>The directed broadcast address (RFC 919); false for IPv6 and for /31 (RFC 3021) and /32, which have none.</summary>
    public bool TryGetBroadcast(out Ipv4Address broadcast)
    {
        broadcast = new Ipv4Address((uint)(Address.Bits | HostMask));
        return !Address.IsV6 && Length <= 30;
    }

    /// <summary>Shifts count modulo 128, so that neither no host bit nor all 128 can be had by one shift of a one.</summary>
    private UInt128 HostMask => Address.BitLength == Length ? 0 : UInt128.MaxValue >> (128 - (Address.BitLength - Length));

    public bool Contains(IpAddress address) => address.IsV6 == Address.IsV6 && ((address.Bits ^ Address.Bits) & ~HostMask) == 0;

    public bool Overlaps(IpPrefix other) => Length <= other.Length ? Contains(other.Address) : other.Contains(Address);

    /// <summary>Reads <c>address/length</c>; the length is decimal without sign or leading zero and at most 32 or 128.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        if (slash < 0 || !IpAddress.TryParse(text[..slash], out IpAddress address)) return false;
        ReadOnlySpan<char> digits = text[(slash + 1)..];
        if (digits.Length is < 1 or > 3 || (digits.Length > 1 && digits[0] == '0')) return false;
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int length)) return false;
        if (length > address.BitLength) return false;
        prefix = new IpPrefix(address, length);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}

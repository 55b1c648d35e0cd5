using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Ip;

/// <summary>
/// An IPv6 address (RFC 4291); <see cref="Value"/> is in host order, so that prefixes are shifts and ranges are comparisons.
/// </summary>
public readonly record struct Ipv6Address : IComparable<Ipv6Address>
{
    public const int Length = 16;                                     // bytes
    private static readonly SearchValues<char> TextCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");
    public static readonly Ipv6Address Any = new(0);
    public static readonly Ipv6Address Loopback = new(1);

    /// <summary>ff02::1, every node of the link.</summary>
    public static readonly Ipv6Address AllNodes = new(new UInt128(0xff02_0000_0000_0000, 1));

    public Ipv6Address(UInt128 value) : this((ulong)(value >> 64), (ulong)value)
    {
    }

    /// <summary>Of the halves of <see cref="Value"/>.</summary>
    public Ipv6Address(ulong high, ulong low) => (High, Low) = (high, low);

    public UInt128 Value => new(High, Low);

    // Kept so and not as a UInt128: what has one in it is never compiled ahead, and would be at every start.
    internal ulong High { get; }
    internal ulong Low { get; }

    public bool IsMulticast => High >> 56 == 0xff;
    public bool IsLinkLocal => High >> 54 == 0xfe80 >> 6;          // fe80::/10

    /// <summary>A group of one interface or one link (RFC 4291 §2.7).</summary>
    public bool IsLinkGroup => (High >> 48 & 0xff0f) is 0xff01 or 0xff02;

    public bool IsIpv4Mapped => High == 0 && Low >> 32 == 0xffff;  // ::ffff:0:0/96, RFC 4291 §2.5.5.2

    public static Ipv6Address Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public void WriteTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <summary>Reads the text forms of RFC 4291 §2.2; no zone, no brackets.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv6Address address)
    {
        address = default;
        if (text.IndexOfAnyExcept(TextCharacters) >= 0 || !text.Contains(':')) return false;
        if (!IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6) return false;
        Span<byte> bytes = stackalloc byte[Length];
        parsed.TryWriteBytes(bytes, out _);
        address = Read(bytes);
        return true;
    }

    /// <summary>The solicited-node group of this address (RFC 4291 §2.7.1).</summary>
    public Ipv6Address SolicitedNode => new((new UInt128(0xff02_0000_0000_0000, 0x0000_0001_ff00_0000)) | (Value & 0xff_ffff));

    /// <summary>Where frames to this group go (RFC 2464 §7).</summary>
    public MacAddress GroupMac => new(0x3333_0000_0000ul | (uint)Low);

    public int CompareTo(Ipv6Address other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>As <see cref="IpAddress"/> has it.</summary>
    public override int GetHashCode() => HashCode.Combine((uint)(High >> 32), (uint)High, (uint)(Low >> 32), (uint)Low);

    /// <summary>The canonical text of RFC 5952.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        WriteTo(bytes);
        return new IPAddress(bytes).ToString();
    }

    public static bool operator <(Ipv6Address left, Ipv6Address right) => left.CompareTo(right) < 0;
    public static bool operator >(Ipv6Address left, Ipv6Address right) => left.CompareTo(right) > 0;
    public static bool operator <=(Ipv6Address left, Ipv6Address right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Ipv6Address left, Ipv6Address right) => left.CompareTo(right) >= 0;
}

using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Ip;

/// <summary>
/// An IPv6 address (RFC 4291); <see cref="Value"/> is in host order, so that prefixes are shifts and ranges are comparisons.
/// </summary>
public readonly record struct Ipv6Address(UInt128 Value) : IComparable<Ipv6Address>
{
    public const int Length = 16;                                     // bytes
    private static readonly SearchValues<char> TextCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");
    public static readonly Ipv6Address Any = new(0);
    public static readonly Ipv6Address Loopback = new(1);

    /// <summary>ff02::1, every node of the link.</summary>
    public static readonly Ipv6Address AllNodes = new(new UInt128(0xff02_0000_0000_0000, 1));

    public bool IsMulticast => (byte)(Value >> 120) == 0xff;
    public bool IsLinkLocal => (uint)(Value >> 118) == 0xfe80 >> 6;   // fe80::/10
    public bool IsIpv4Mapped => (Value >> 32) == 0xffff;              // ::ffff:0:0/96, RFC 4291 §2.5.5.2

    public static Ipv6Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void WriteTo(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);

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
    public MacAddress GroupMac => new(0x3333_0000_0000ul | (uint)Value);

    public int CompareTo(Ipv6Address other) => Value.CompareTo(other.Value);

    /// <summary>The canonical text of RFC 5952.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        WriteTo(bytes);
        return new IPAddress(bytes).ToString();
    }

    public static bool operator <(Ipv6Address left, Ipv6Address right) => left.Value < right.Value;
    public static bool operator >(Ipv6Address left, Ipv6Address right) => left.Value > right.Value;
    public static bool operator <=(Ipv6Address left, Ipv6Address right) => left.Value <= right.Value;
    public static bool operator >=(Ipv6Address left, Ipv6Address right) => left.Value >= right.Value;
}

using System.Buffers.Binary;
using System.Globalization;
using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Ip;

/// <summary>An IPv4 address; <see cref="Value"/> is in host order, so that prefixes are shifts and ranges are comparisons.</summary>
public readonly record struct Ipv4Address(uint Value) : IComparable<Ipv4Address>
{
    public const int Length = 4;                                      // bytes
    public static readonly Ipv4Address Any = new(0);
    public static readonly Ipv4Address LimitedBroadcast = new(uint.MaxValue);

    public bool IsMulticast => Value >> 28 == 0xe;                    // 224/4, RFC 5771
    public bool IsLinkLocal => Value >> 16 == 0xa9fe;                 // 169.254/16, RFC 3927

    /// <summary>Where frames to this group go (RFC 1112 §6.4).</summary>
    public MacAddress GroupMac => new(0x0100_5e00_0000ul | (Value & 0x7f_ffff));

    public static Ipv4Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    public void WriteTo(Span<byte> bytes) => BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);

    /// <summary>Reads four decimal octets without leading zeros: neither <c>10.1</c> nor <c>010.0.0.1</c> is an address here.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        for (int octet = 0; octet < 4; octet++)
        {
            int end = octet < 3 ? text.IndexOf('.') : text.Length;
            if (end is < 1 or > 3 || (end > 1 && text[0] == '0')) return false;
            if (!byte.TryParse(text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out byte part)) return false;
            value = (value << 8) | part;
            text = octet < 3 ? text[(end + 1)..] : default;
        }

        address = new Ipv4Address(value);
        return true;
    }

    public int CompareTo(Ipv4Address other) => Value.CompareTo(other.Value);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value >> 24}.{(Value >> 16) & 255}.{(Value >> 8) & 255}.{Value & 255}");

    public static bool operator <(Ipv4Address left, Ipv4Address right) => left.Value < right.Value;
    public static bool operator >(Ipv4Address left, Ipv4Address right) => left.Value > right.Value;
    public static bool operator <=(Ipv4Address left, Ipv4Address right) => left.Value <= right.Value;
    public static bool operator >=(Ipv4Address left, Ipv4Address right) => left.Value >= right.Value;
}

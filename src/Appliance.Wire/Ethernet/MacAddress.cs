using System.Buffers.Binary;
using System.Globalization;

namespace Appliance.Wire.Ethernet;

/// <summary>
/// A 48-bit link address (IEEE 802-2014 §8), held in the low 48 bits of <see cref="Value"/>, first octet most significant.
/// </summary>
public readonly record struct MacAddress(ulong Value)
{
    public const int Length = 6;                                      // bytes
    public static readonly MacAddress Broadcast = new(0xffff_ffff_ffff);

    /// <summary>The I/G bit: the frame is for a group (multicast or broadcast).</summary>
    public bool IsGroup => (Value & 0x0100_0000_0000) != 0;

    public static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    public void WriteTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)Value);
    }

    /// <summary>Reads <c>02:00:00:00:00:01</c>: six two-digit groups, colons only.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != 17) return false;
        ulong value = 0;
        for (int i = 0; i < 17; i += 3)
        {
            if (i > 0 && text[i - 1] != ':') return false;
            ReadOnlySpan<char> digits = text.Slice(i, 2);
            if (!byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet)) return false;
            value = (value << 8) | octet;
        }

        address = new MacAddress(value);
        return true;
    }

    public override string ToString()
    {
        Span<byte> octets = stackalloc byte[Length];
        WriteTo(octets);
        return string.Create(CultureInfo.InvariantCulture,
            $"{octets[0]:x2}:{octets[1]:x2}:{octets[2]:x2}:{octets[3]:x2}:{octets[4]:x2}:{octets[5]:x2}");
    }
}

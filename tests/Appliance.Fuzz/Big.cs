using System.Buffers.Binary;

namespace Appliance.Fuzz;

/// <summary>Numbers in network order, short enough to read and write headers line by line.</summary>
internal static class Big
{
    public static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    public static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    public static ulong Mac(ReadOnlySpan<byte> bytes, int at) => ((ulong)U16(bytes, at) << 32) | U32(bytes, at + 2);

    public static UInt128 U128(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt128BigEndian(bytes[at..]);

    public static void Put16(Span<byte> bytes, int at, int value) => BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)value);

    public static void Put32(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(bytes[at..], value);

    public static void Put128(Span<byte> bytes, int at, UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(bytes[at..], value);

    public static void PutMac(Span<byte> bytes, int at, ulong value)
    {
        Put16(bytes, at, (int)(value >> 32));
        Put32(bytes, at + 2, (uint)value);
    }
}

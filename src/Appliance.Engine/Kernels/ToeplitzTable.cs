using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Appliance.Engine;

/// <summary>
/// The Toeplitz hash by one look-up an input byte, for processors without GFNI: 256 entries for each position, each the sum of what the
/// set bits of that byte add.
/// </summary>
internal static unsafe class ToeplitzTable
{
    private const int Row = 256;                                        // entries for a position

    /// <summary>Entries for the longest input.</summary>
    public const int Length = ToeplitzHash.MaxInputLength * Row;

    public static void Fill(RssKey key, Span<uint> table)
    {
        for (int position = 0; position < ToeplitzHash.MaxInputLength; position++)
        {
            for (int value = 1; value < Row; value++)
            {
                int lowest = BitOperations.TrailingZeroCount(value);
                uint rest = table[(position * Row) + (value & (value - 1))];
                table[(position * Row) + value] = rest ^ Window(key, (position * 8) + 7 - lowest);
            }
        }
    }

    public static uint HashIpv4(uint* table, byte* tuple, bool ordered)
    {
        ulong addresses = Unsafe.ReadUnaligned<ulong>(tuple);
        uint ports = Unsafe.ReadUnaligned<uint>(tuple + 8);
        if (ordered)
        {
            ulong number = BinaryPrimitives.ReverseEndianness(addresses);
            if (IsLater(((uint)(number >> 32)).CompareTo((uint)number), ports))
            {
                addresses = BitOperations.RotateLeft(addresses, 32);
                ports = BitOperations.RotateLeft(ports, 16);
            }
        }

        return LookUp(table, addresses) ^ LookUp(table + (8 * Row), ports);
    }

    public static uint HashIpv6(uint* table, byte* tuple, bool ordered)
    {
        byte* source = tuple, destination = tuple + 16;
        uint ports = Unsafe.ReadUnaligned<uint>(tuple + 32);
        if (ordered && IsLater(ReadUInt128(source).CompareTo(ReadUInt128(destination)), ports))
        {
            source = tuple + 16;
            destination = tuple;
            ports = BitOperations.RotateLeft(ports, 16);
        }

        return LookUp(table, Unsafe.ReadUnaligned<ulong>(source)) ^ LookUp(table + (8 * Row), Unsafe.ReadUnaligned<ulong>(source + 8))
            ^ LookUp(table + (16 * Row), Unsafe.ReadUnaligned<ulong>(destination))
            ^ LookUp(table + (24 * Row), Unsafe.ReadUnaligned<ulong>(destination + 8))
            ^ LookUp(table + (32 * Row), ports);
    }

    /// <summary>The source is the later endpoint: by address, and of equal addresses by port.</summary>
    private static bool IsLater(int order, uint ports)
    {
        uint number = BinaryPrimitives.ReverseEndianness(ports);
        return order > 0 || (order == 0 && number > BitOperations.RotateLeft(number, 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LookUp(uint* table, ulong bytes) => LookUp(table, (uint)bytes) ^ LookUp(table + (4 * Row), (uint)(bytes >> 32));

    /// <summary>Four bytes in the order of memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LookUp(uint* table, uint bytes) =>
        table[(byte)bytes] ^ table[Row + (byte)(bytes >> 8)] ^ table[(2 * Row) + (byte)(bytes >> 16)] ^ table[(3 * Row) + (bytes >> 24)];

    private static UInt128 ReadUInt128(byte* bytes) => BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(bytes, 16));

    /// <summary>The 32 key bits from <paramref name="bit"/> on.</summary>
    private static uint Window(RssKey key, int bit)
    {
        ulong bits = 0;
        for (int i = 0; i < 5; i++)
            bits = (bits << 8) | key.Bytes[(bit >> 3) + i];
        return (uint)(bits >> (8 - (bit & 7)));
    }
}

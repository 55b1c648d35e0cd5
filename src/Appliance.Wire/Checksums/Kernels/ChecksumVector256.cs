using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Appliance.Wire.Checksums;

/// <summary>
/// The path of <see cref="ChecksumKernel"/> in blocks of 32 bytes. Right everywhere, fast where 256-bit vectors are in hardware.
/// </summary>
/// <remarks>
/// Each 64-bit lane keeps two sums: <c>whole</c> adds the lane as it is and may wrap, <c>upper</c> adds its upper 32 bits and cannot.
/// Then the sum of the lower 32 bits is whole − (upper &lt;&lt; 32) exactly, because it is below 2^64 for any length under 2^32 blocks.
/// That is two additions and one shift a block, where splitting every block in halves would take four operations.
/// </remarks>
public static class ChecksumVector256
{
    /// <summary>Bytes in a block; no length below it may be given.</summary>
    public const int BlockLength = 32;

    private const nint Stride = 4 * BlockLength;
    private const ulong Ones = ulong.MaxValue;

    private static ReadOnlySpan<ulong> BlockOfZerosThenOfOnes => [0, 0, 0, 0, Ones, Ones, Ones, Ones];

    /// <summary>The unfolded sum of at least <see cref="BlockLength"/> bytes.</summary>
    public static ulong Sum(ref byte bytes, nint length)
    {
        if (length <= 2 * BlockLength) return SumUpTo64(ref bytes, length);
        ulong last = 0;
        if ((length & 1) != 0) last = Unsafe.Add(ref bytes, --length);          // RFC 1071 §4.1: padded with a zero byte
        Vector256<ulong> whole0 = default, whole1 = default, upper0 = default, upper1 = default;
        nint at = 0;
        for (; at <= length - Stride; at += Stride)
        {
            Add(Block(ref bytes, at), ref whole0, ref upper0);
            Add(Block(ref bytes, at + BlockLength), ref whole1, ref upper1);
            Add(Block(ref bytes, at + (2 * BlockLength)), ref whole0, ref upper0);
            Add(Block(ref bytes, at + (3 * BlockLength)), ref whole1, ref upper1);
        }

        for (; at <= length - BlockLength; at += BlockLength) Add(Block(ref bytes, at), ref whole0, ref upper0);
        if (at < length) Add(Block(ref bytes, length - BlockLength) & LastBytes(length - at), ref whole1, ref upper1);
        return last + Total(whole0, upper0, whole1, upper1);
    }

    /// <summary>The unfolded sum of 64 bytes, short enough to stand in the caller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum64(ref byte bytes) => SumPair(Block(ref bytes, 0), Block(ref bytes, BlockLength));

    /// <summary>Copies at least <see cref="BlockLength"/> bytes and answers their unfolded sum. The two must not overlap.</summary>
    public static ulong CopyAndSum(ref byte destination, ref byte source, nint length)
    {
        ulong last = 0;
        if ((length & 1) != 0)
        {
            last = Unsafe.Add(ref source, --length);
            Unsafe.Add(ref destination, length) = (byte)last;
        }

        Vector256<ulong> whole0 = default, whole1 = default, upper0 = default, upper1 = default;
        nint at = 0;
        for (; at <= length - (2 * BlockLength); at += 2 * BlockLength)
        {
            Add(CopyBlock(ref destination, ref source, at), ref whole0, ref upper0);
            Add(CopyBlock(ref destination, ref source, at + BlockLength), ref whole1, ref upper1);
        }

        for (; at <= length - BlockLength; at += BlockLength) Add(CopyBlock(ref destination, ref source, at), ref whole0, ref upper0);
        if (at < length)                                                        // the bytes before 'at' are stored again, unchanged
            Add(CopyBlock(ref destination, ref source, length - BlockLength) & LastBytes(length - at), ref whole1, ref upper1);
        return last + Total(whole0, upper0, whole1, upper1);
    }

    /// <summary>The unfolded sum of one block to two, without a branch: the second block overlaps the first and is masked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SumUpTo64(ref byte bytes, nint length)
    {
        nint odd = length & 1, even = length - odd;
        ulong last = Unsafe.Add(ref bytes, length - 1) & (ulong)-odd;
        return last + SumPair(Block(ref bytes, 0), Block(ref bytes, even - BlockLength) & LastBytes(even - BlockLength));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SumPair(Vector256<ulong> first, Vector256<ulong> second)
    {
        Vector256<ulong> lower = Vector256.Create(0xffff_fffful);
        return Vector256.Sum((first & lower) + (first >> 32) + ((second & lower) + (second >> 32)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Block(ref byte bytes, nint at) => Vector256.LoadUnsafe(ref bytes, (nuint)at).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> CopyBlock(ref byte destination, ref byte source, nint at)
    {
        Vector256<ulong> block = Block(ref source, at);
        block.AsByte().StoreUnsafe(ref destination, (nuint)at);
        return block;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<ulong> block, ref Vector256<ulong> whole, ref Vector256<ulong> upper)
    {
        whole += block;
        upper += block >> 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Total(Vector256<ulong> whole0, Vector256<ulong> upper0, Vector256<ulong> whole1, Vector256<ulong> upper1)
    {
        Vector256<ulong> upper = upper0 + upper1;
        return Vector256.Sum(whole0 + whole1 - (upper << 32) + upper);
    }

    /// <summary>Ones in the last <paramref name="count"/> bytes of a block, 0..32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> LastBytes(nint count) =>
        Block(ref Unsafe.As<ulong, byte>(ref MemoryMarshal.GetReference(BlockOfZerosThenOfOnes)), count);
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Appliance.Wire.Checksums;

/// <summary>
/// The path of <see cref="ChecksumKernel"/> in blocks of 64 bytes. Right everywhere, fast where 512-bit vectors are in hardware.
/// </summary>
/// <remarks>
/// Each 64-bit lane keeps two sums: <c>whole</c> adds the lane as it is and may wrap, <c>upper</c> adds its upper 32 bits and cannot.
/// Then the sum of the lower 32 bits is whole − (upper &lt;&lt; 32) exactly, because it is below 2^64 for any length under 2^32 blocks.
/// That is two additions and one shift a block, where splitting every block in halves would take four operations.
/// </remarks>
public static class ChecksumVector512
{
    /// <summary>Bytes in a block; no length below it may be given.</summary>
    public const int BlockLength = 64;

    /// <summary>The fewest bytes that may be summed by lines: they reach into a second.</summary>
    public const int MinLineBytes = 2 * BlockLength;

    private const nint Stride = 4 * BlockLength;
    private const nint AlignFrom = 4096;                                        // bytes; below, aligning costs more than it saves
    private const ulong Ones = ulong.MaxValue;

    private static ReadOnlySpan<ulong> BlockOfZerosThenOfOnes => [0, 0, 0, 0, 0, 0, 0, 0, Ones, Ones, Ones, Ones, Ones, Ones, Ones, Ones];

    /// <summary>The unfolded sum of at least <see cref="BlockLength"/> bytes.</summary>
    public static ulong Sum(ref byte bytes, nint length)
    {
        ulong last = 0;
        if ((length & 1) != 0) last = Unsafe.Add(ref bytes, --length);          // RFC 1071 §4.1: padded with a zero byte
        Vector512<ulong> whole0 = default, whole1 = default, upper0 = default, upper1 = default;
        nint at = 0;
        if (length >= AlignFrom)
        {
            at = ToLine(ref bytes);
            if (at != 0) Add(Block(ref bytes, 0) & FirstBytes(at), ref whole0, ref upper0);
        }

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

    /// <summary>
    /// The unfolded sum of at least <see cref="MinLineBytes"/> bytes from an even address on, read by whole cache lines: what else stands
    /// in the first line and in the last is read too, and not summed. For bytes that nobody moves and that are not in the first cache: no
    /// line is asked for twice. It is inlined, for callers whose loops are to have no call in them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ulong SumLines(byte* bytes, nint length)
    {
        nint before = (nint)bytes & (BlockLength - 1);
        byte* line = bytes - before, end = bytes + length;
        Vector512<ulong> first = Line(line) & LastBytes(BlockLength - before);
        Vector512<ulong> whole0 = first, whole1 = default, upper0 = first >> 32, upper1 = default;
        for (line += BlockLength; line <= end - Stride; line += Stride)
        {
            Add(Line(line), ref whole0, ref upper0);
            Add(Line(line + BlockLength), ref whole1, ref upper1);
            Add(Line(line + (2 * BlockLength)), ref whole0, ref upper0);
            Add(Line(line + (3 * BlockLength)), ref whole1, ref upper1);
        }

        for (; line <= end - BlockLength; line += BlockLength) Add(Line(line), ref whole0, ref upper0);
        if (line < end) Add(Line(line) & FirstBytes((nint)(end - line)), ref whole1, ref upper1);
        return Total(whole0, upper0, whole1, upper1);
    }

    /// <summary>Copies at least <see cref="BlockLength"/> bytes and answers their unfolded sum. The two must not overlap.</summary>
    public static ulong CopyAndSum(ref byte destination, ref byte source, nint length)
    {
        ulong last = 0;
        if ((length & 1) != 0)
        {
            last = Unsafe.Add(ref source, --length);
            Unsafe.Add(ref destination, length) = (byte)last;
        }

        Vector512<ulong> whole0 = default, whole1 = default, upper0 = default, upper1 = default;
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

    /// <summary>
    /// Bytes to the next cache line, 0..63: a block that lies across two lines costs two reads of the first cache. An odd address answers
    /// 0, since words may not be cut. Where the collector moves the bytes meanwhile, the sum stays right and only the speed is lost.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe nint ToLine(ref byte bytes)
    {
        nint address = (nint)Unsafe.AsPointer(ref bytes);
        return (address & 1) != 0 ? 0 : -address & (BlockLength - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Block(ref byte bytes, nint at) => Vector512.LoadUnsafe(ref bytes, (nuint)at).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<ulong> Line(byte* line) => Vector512.LoadAligned((ulong*)line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> CopyBlock(ref byte destination, ref byte source, nint at)
    {
        Vector512<ulong> block = Block(ref source, at);
        block.AsByte().StoreUnsafe(ref destination, (nuint)at);
        return block;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector512<ulong> block, ref Vector512<ulong> whole, ref Vector512<ulong> upper)
    {
        whole += block;
        upper += block >> 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Total(Vector512<ulong> whole0, Vector512<ulong> upper0, Vector512<ulong> whole1, Vector512<ulong> upper1)
    {
        Vector512<ulong> upper = upper0 + upper1;
        return Vector512.Sum(whole0 + whole1 - (upper << 32) + upper);
    }

    /// <summary>Ones in the first <paramref name="count"/> bytes of a block, 0..64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> FirstBytes(nint count) => ~LastBytes(BlockLength - count);

    /// <summary>Ones in the last <paramref name="count"/> bytes of a block, 0..64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> LastBytes(nint count) =>
        Block(ref Unsafe.As<ulong, byte>(ref MemoryMarshal.GetReference(BlockOfZerosThenOfOnes)), count);
}

using System.Runtime.CompilerServices;

namespace Appliance.Wire.Checksums;

/// <summary>
/// The path of <see cref="ChecksumKernel"/> without vectors: for processors that have none, and for what is too short for them.
/// Words of 32 bits are added to 64-bit sums, which leaves the carries where folding finds them (RFC 1071 §2 (C), deferred carries).
/// </summary>
public static class ChecksumScalar
{
    /// <summary>The unfolded sum of any number of bytes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]                            // its registers would be the caller's
    public static ulong Sum(ref byte bytes, nint length)
    {
        ulong lower0 = 0, upper0 = 0, lower1 = 0, upper1 = 0;
        nint at = 0;
        for (; at <= length - 32; at += 32)
        {
            Add(ref bytes, at, ref lower0, ref upper0);
            Add(ref bytes, at + 8, ref lower1, ref upper1);
            Add(ref bytes, at + 16, ref lower0, ref upper0);
            Add(ref bytes, at + 24, ref lower1, ref upper1);
        }

        return lower0 + upper0 + lower1 + upper1 + SumBelow32(ref Unsafe.Add(ref bytes, at), length - at);
    }

    /// <summary>The unfolded sum of the 20 bytes of an IPv4 header without options.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum20(ref byte bytes) =>
        Word(ref bytes, 0) + Word(ref bytes, 4) + Word(ref bytes, 8) + Word(ref bytes, 12) + Word(ref bytes, 16);

    /// <summary>Copies any number of bytes and answers their unfolded sum. The two must not overlap.</summary>
    public static ulong CopyAndSum(ref byte destination, ref byte source, nint length)
    {
        Unsafe.CopyBlockUnaligned(ref destination, ref source, (uint)length);
        return Sum(ref source, length);
    }

    /// <summary>The unfolded sum of 0..31 bytes: at most one piece of each power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SumBelow32(ref byte bytes, nint length)
    {
        ulong lower = 0, upper = 0;
        nint at = 0;
        if ((length & 16) != 0)
        {
            Add(ref bytes, 0, ref lower, ref upper);
            Add(ref bytes, 8, ref lower, ref upper);
            at = 16;
        }

        if ((length & 8) != 0)
        {
            Add(ref bytes, at, ref lower, ref upper);
            at += 8;
        }

        if ((length & 4) != 0)
        {
            lower += Word(ref bytes, at);
            at += 4;
        }

        if ((length & 2) != 0)
        {
            upper += Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bytes, at));
            at += 2;
        }

        if ((length & 1) != 0) lower += Unsafe.Add(ref bytes, at);              // RFC 1071 §4.1: padded with a zero byte
        return lower + upper;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref byte bytes, nint at, ref ulong lower, ref ulong upper)
    {
        ulong words = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at));
        lower += (uint)words;
        upper += words >> 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte bytes, nint at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, at));
}

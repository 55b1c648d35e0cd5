using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Appliance.Wire.Checksums;

/// <summary>
/// The Internet checksum's inner loops (RFC 1071): the sum of 16-bit words in memory order, carries not yet folded in, over bytes that
/// the caller vouches for. The choice among the paths is made by constants of the processor, which the JIT folds away.
/// </summary>
/// <remarks>
/// A sum stays below length · 2^30, so the sums of 16 GiB in all may be added before <see cref="InternetChecksum.Fold"/>. A piece that
/// others follow must be of even length. The paths are methods of their own and the choice is inlined into the caller, so that a profile
/// of short calls neither makes the JIT treat the long loops as cold nor costs the short ones a second call.
/// </remarks>
public static class ChecksumKernel
{
    private const int WideFrom = 256;                                     // bytes; below, the reduction costs more than width saves

    /// <summary>The unfolded sum of <paramref name="length"/> bytes, 0 or more, at any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ulong Sum(byte* bytes, nint length) => Sum(ref *bytes, length);

    /// <inheritdoc cref="Sum(byte*, nint)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(ref byte bytes, nint length)
    {
        if (length == 20) return ChecksumScalar.Sum20(ref bytes);         // nearly every IPv4 header, and TCP without options or data
        if (Vector256.IsHardwareAccelerated && length == 64) return ChecksumVector256.Sum64(ref bytes);
        if (Vector512.IsHardwareAccelerated && length >= WideFrom) return ChecksumVector512.Sum(ref bytes, length);
        if (Vector256.IsHardwareAccelerated && length >= ChecksumVector256.BlockLength) return ChecksumVector256.Sum(ref bytes, length);
        return ChecksumScalar.Sum(ref bytes, length);
    }

    /// <summary>Copies <paramref name="length"/> bytes, 0 or more, and answers their unfolded sum. The two must not overlap.</summary>
    public static unsafe ulong CopyAndSum(byte* destination, byte* source, nint length) =>
        CopyAndSum(ref *destination, ref *source, length);

    /// <inheritdoc cref="CopyAndSum(byte*, byte*, nint)"/>
    public static ulong CopyAndSum(ref byte destination, ref byte source, nint length)
    {
        if (Vector512.IsHardwareAccelerated && length >= WideFrom)
            return ChecksumVector512.CopyAndSum(ref destination, ref source, length);
        if (Vector256.IsHardwareAccelerated && length >= ChecksumVector256.BlockLength)
            return ChecksumVector256.CopyAndSum(ref destination, ref source, length);
        return ChecksumScalar.CopyAndSum(ref destination, ref source, length);
    }
}

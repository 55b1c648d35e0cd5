using System.Runtime.CompilerServices;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Checksums;

/// <summary>
/// The checksum of data of which a part was replaced, from the old checksum and the part alone (RFC 1624 equation 3,
/// https://www.rfc-editor.org/rfc/rfc1624): HC' = ~(~HC + ~m + m').
/// </summary>
/// <remarks>
/// Checksums and words are numbers as read big-endian. A wrong checksum stays wrong by the same amount, so nothing is repaired by accident.
/// <para>
/// A <em>difference</em> is ~m + m' with the carries not yet folded in. Differences of parts at even offsets may be added with +
/// (up to 2^28 of them), kept, and applied to any number of checksums; <see cref="Fold"/> brings one into 16 bits.
/// </para>
/// <para>
/// RFC 1624 §5: computed anew, the checksum of data that is not all zeros is never 0xffff (the sum −0 cannot come out of complementing a
/// sum that is not +0). Equation 3 alone would answer 0xffff for an old checksum of 0xffff and m = 0xffff replaced by 0; here a 0xffff
/// is added to the sum, which changes no value in one's complement and keeps the sum from being +0.
/// </para>
/// <para>
/// UDP: a checksum of zero is none and stays as it is; a result of zero is sent as <see cref="InternetChecksum.ZeroAsAllOnes"/> says.
/// </para>
/// </remarks>
public static class ChecksumDelta
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Replace(ushort checksum, ushort oldWord, ushort newWord) => Apply(checksum, Difference(oldWord, newWord));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Replace(ushort checksum, uint oldWords, uint newWords) => Apply(checksum, Difference(oldWords, newWords));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Replace(ushort checksum, UInt128 oldWords, UInt128 newWords) => Apply(checksum, Difference(oldWords, newWords));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Difference(ushort oldWord, ushort newWord) => (ulong)(ushort)~oldWord + newWord;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Difference(uint oldWords, uint newWords) => (ulong)~oldWords + newWords;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Difference(UInt128 oldWords, UInt128 newWords) => Halves((ulong)~oldWords) + Halves((ulong)(~oldWords >> 64)) +
        Halves((ulong)newWords) + Halves((ulong)(newWords >> 64));

    public static ulong Difference(Ipv4Address oldAddress, Ipv4Address newAddress) => Difference(oldAddress.Value, newAddress.Value);

    public static ulong Difference(Ipv6Address oldAddress, Ipv6Address newAddress) => Difference(oldAddress.Value, newAddress.Value);

    /// <summary>The checksum after the differences, one or a sum of several, were made to its data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Apply(ushort checksum, ulong difference) => (ushort)~OnesComplement.Fold((ushort)~checksum + difference + 0xffff);

    /// <summary>
    /// The same for a difference that was brought into 16 bits beforehand, in two operations: ~(~HC + d) is HC − d, and what that borrows
    /// from beyond the top is taken off at the bottom.
    /// </summary>
    /// <param name="checksum">The old.</param>
    /// <param name="difference">Not 0. <see cref="Fold"/> answers 0 only where all ones were replaced by all zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ApplyFolded(ushort checksum, ushort difference)
    {
        int sum = checksum - difference;
        return (ushort)(sum + (sum >> 31));
    }

    /// <summary>The same difference in 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong difference) => OnesComplement.Fold(difference);

    private static ulong Halves(ulong words) => (words >> 32) + (uint)words;
}

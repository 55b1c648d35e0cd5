using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Checksums;

/// <summary>
/// The checksum of IPv4, ICMP, TCP, UDP and their kin (RFC 1071, https://www.rfc-editor.org/rfc/rfc1071): the complement of the one's
/// complement sum of 16-bit words.
/// </summary>
/// <remarks>
/// Sums are <em>partial</em>: 16-bit words as this processor reads them from memory, carries not yet folded in. Partial sums may be added
/// with + (of 16 GiB in all) as long as every piece but the last has an even length. RFC 1071 §2 (B): the byte order of the words does not
/// matter until the end, where <see cref="Fold"/> and <see cref="Finish"/> answer the number to be stored big-endian.
/// </remarks>
public static class InternetChecksum
{
    /// <summary>The partial sum of the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(ReadOnlySpan<byte> bytes) => ChecksumKernel.Sum(ref MemoryMarshal.GetReference(bytes), bytes.Length);

    /// <summary>
    /// Copies the bytes to the start of <paramref name="destination"/> and answers their partial sum in the same pass.
    /// The two must not overlap; a destination that is too short is an error of the caller.
    /// </summary>
    public static ulong CopyAndSum(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> copy = destination[..source.Length];
        return ChecksumKernel.CopyAndSum(ref MemoryMarshal.GetReference(copy), ref MemoryMarshal.GetReference(source), source.Length);
    }

    /// <summary>The one's complement sum in 16 bits, as a number to be stored big-endian; 0 only when every byte summed was 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(OnesComplement.Fold(sum)) : OnesComplement.Fold(sum);

    /// <summary>The checksum, as a number to be stored big-endian. What is summed has zeros where the checksum will stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    /// <summary>
    /// Whether a sum that includes the checksum says that the data is as it was sent (RFC 1071 §1 (3)): folded it would be 0xffff, so it is
    /// a multiple of that and not 0. Multiples of an odd number are those that its inverse modulo 2^64 takes to what they are multiples by.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValid(ulong sum)
    {
        const ulong Multiples = ulong.MaxValue / 0xffff, Inverse = unchecked(0 - Multiples);    // 0xffff · −Multiples = 1 − 2^64
        return unchecked((sum * Inverse) - 1) < Multiples;
    }

    /// <summary>
    /// What is transmitted in UDP: a checksum that comes out as zero is sent as all ones, because zero says that there is none
    /// (RFC 768; RFC 8200 §8.1). No other protocol of the family has this rule.
    /// </summary>
    public static ushort ZeroAsAllOnes(ushort checksum) => checksum == 0 ? (ushort)0xffff : checksum;

    /// <summary>
    /// The partial sum of the pseudo-header of TCP and UDP over IPv4 (RFC 9293 §3.1): addresses, protocol, and the length in bytes of the
    /// transport header and its payload.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PseudoHeader(Ipv4Address source, Ipv4Address destination, IpProtocol protocol, int length) =>
        BigEndianWord(source.Value) + BigEndianWord(destination.Value) + BigEndianWord((uint)protocol) + BigEndianWord((uint)length);

    /// <summary>
    /// The partial sum of the pseudo-header over IPv6 (RFC 8200 §8.1). The protocol is the upper layer's, whatever the fixed header names.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PseudoHeader(Ipv6Address source, Ipv6Address destination, IpProtocol protocol, int length) =>
        BigEndianWords(source.Value) + BigEndianWords(destination.Value) + BigEndianWord((uint)protocol) + BigEndianWord((uint)length);

    /// <summary>
    /// The same, reading the addresses where they stand: at least 8 bytes, source then destination, as at offset 12 of the IPv4 header.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Ipv4PseudoHeader(ReadOnlySpan<byte> addresses, IpProtocol protocol, int length)
    {
        ulong words = MemoryMarshal.Read<ulong>(addresses);
        return (uint)words + (words >> 32) + BigEndianWord((uint)protocol) + BigEndianWord((uint)length);
    }

    /// <summary>
    /// The same, reading the addresses where they stand: at least 32 bytes, source then destination, as at offset 8 of the IPv6 header.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Ipv6PseudoHeader(ReadOnlySpan<byte> addresses, IpProtocol protocol, int length) =>
        Sum(addresses[..(2 * Ipv6Address.Length)]) + BigEndianWord((uint)protocol) + BigEndianWord((uint)length);

    /// <summary>The 32 bits as they are read from memory where they were stored big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong BigEndianWord(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong BigEndianWords(UInt128 value)
    {
        ulong upper = (ulong)(value >> 64), lower = (ulong)value;
        return BigEndianWord((uint)(upper >> 32)) + BigEndianWord((uint)upper) +
            BigEndianWord((uint)(lower >> 32)) + BigEndianWord((uint)lower);
    }
}

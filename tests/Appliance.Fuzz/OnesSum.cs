using System.Runtime.InteropServices;

namespace Appliance.Fuzz;

/// <summary>
/// The Internet checksum as RFC 1071 §4.1 writes it, apart from the appliance's own so that an error there cannot hide itself: words
/// added, carries folded at the end. Eight bytes at a time, since 2^16 is 1 for words of any width.
/// </summary>
internal static class OnesSum
{
    /// <summary>The one's complement sum of the bytes and <paramref name="start"/>; of data that holds its checksum 0xffff.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes, ulong start = 0)
    {
        ulong sum = 0;
        while (bytes.Length >= 8)
        {
            ulong words = MemoryMarshal.Read<ulong>(bytes);
            sum += (words & 0xffff_ffff) + (words >> 32);
            bytes = bytes[8..];
        }

        ulong rest = 0;
        for (int i = 0; i < bytes.Length; i++)
            rest |= (ulong)bytes[i] << (8 * i);
        sum += (rest & 0xffff_ffff) + (rest >> 32);
        return Fold(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)Fold(sum)) + start);
    }

    /// <summary>The pseudo-header's part (RFC 793 §3.1, RFC 8200 §8.1), to be handed to <see cref="Of"/>.</summary>
    public static ulong PseudoHeader(ReadOnlySpan<byte> addresses, byte protocol, int length) =>
        Of(addresses) + (ulong)protocol + (uint)(length & 0xffff) + (uint)(length >> 16);

    private static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }
}

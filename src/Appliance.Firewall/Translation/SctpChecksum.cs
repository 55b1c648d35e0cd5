using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;

namespace Appliance.Firewall;

/// <summary>
/// The CRC-32c of an SCTP packet (RFC 9260 §6.8) of which the ports were replaced, from the old one and the ports alone. It covers no
/// addresses. A CRC is linear over XOR: it changes by the CRC of the difference, which is the difference of the first four bytes times
/// x^(8n) modulo the polynomial, n bytes of zeros behind it. What was wrong before stays wrong.
/// </summary>
public static class SctpChecksum
{
    private const uint Polynomial = 0x82f6_3b78;                        // Castagnoli's, reflected
    private const uint One = 1u << 31;                                  // the polynomial 1, reflected

    /// <summary>x^(8·2^i) modulo the polynomial.</summary>
    private static readonly ImmutableArray<uint> Powers = MakePowers();

    /// <param name="checksum">As it stands in the header, read big-endian.</param>
    /// <param name="oldPorts">Both ports, read big-endian.</param>
    /// <param name="newPorts">Both ports, read big-endian.</param>
    /// <param name="packetBytes">Of the whole packet, at least 12.</param>
    public static uint ReplacePorts(uint checksum, uint oldPorts, uint newPorts, int packetBytes)
    {
        uint difference = BitOperations.Crc32C(0, BinaryPrimitives.ReverseEndianness(oldPorts ^ newPorts));
        uint zeros = (uint)(packetBytes - sizeof(uint));
        for (int i = 0; zeros != 0; i++, zeros >>= 1)
        {
            if ((zeros & 1) != 0) difference = Multiply(difference, Powers[i]);
        }

        return checksum ^ BinaryPrimitives.ReverseEndianness(difference);
    }

    /// <summary>The product of two polynomials, modulo Castagnoli's.</summary>
    private static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        for (uint bit = One; bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0) product ^= right;
            right = (right & 1) != 0 ? (right >> 1) ^ Polynomial : right >> 1;
        }

        return product;
    }

    private static ImmutableArray<uint> MakePowers()
    {
        var powers = new uint[32];
        powers[0] = One >> 8;
        for (int i = 1; i < powers.Length; i++)
            powers[i] = Multiply(powers[i - 1], powers[i - 1]);
        return [.. powers];
    }
}

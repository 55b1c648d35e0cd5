namespace Appliance.Testing;

/// <summary>The Internet checksum as RFC 1071 §1 says it in words: 16 bits at a time, the carry added back at once. A slow twin; nothing of the product is used.</summary>
public static class PlainChecksum
{
    /// <summary>The one's complement sum of 16-bit big-endian words on top of <paramref name="start"/>; a last odd byte is padded with zero.</summary>
    public static ushort Sum(ReadOnlySpan<byte> bytes, ushort start = 0)
    {
        int sum = start;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0);
            if (sum > 0xffff) sum -= 0xffff;
        }

        return (ushort)sum;
    }

    /// <summary>
    /// The sum of a pseudo-header. The two drawn by RFC 9293 §3.1 and RFC 8200 §8.1 sum to the same: addresses, protocol and length, zeros between.
    /// </summary>
    public static ushort PseudoHeader(ReadOnlySpan<byte> addresses, byte protocol, int length) =>
        Sum(addresses, Sum([0, protocol, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length]));
}

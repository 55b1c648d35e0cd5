using System.Numerics;

namespace Appliance.Engine;

/// <summary>
/// Randomness without a running generator: SipHash-2-4 (Aumasson and Bernstein, 2012) of (purpose, subject, attempt) under a secret.
/// The same question has the same answer on any vCPU in any order; who lacks the secret cannot guess it.
/// </summary>
public sealed class KeyedRandom(ulong key0, ulong key1)
{
    /// <summary>For replay and simulation: every secret of a run follows from its seed.</summary>
    public static KeyedRandom FromSeed(ulong seed) => new(seed, 0x6170_706c_6961_6e63);

    /// <summary>
    /// 64 random bits. <paramref name="high"/> and <paramref name="low"/> say about whom; <paramref name="attempt"/> asks for another
    /// draw.
    /// </summary>
    public ulong Draw(RandomPurpose purpose, ulong high, ulong low, uint attempt) =>
        SipHash24(key0, key1, [high, low, ((ulong)(uint)purpose << 32) | attempt]);

    /// <summary>64 bits of many words, of which each counts, for digests of what is larger than a subject.</summary>
    /// <param name="purpose">Of the digest.</param>
    /// <param name="words">At most 31.</param>
    public ulong Digest(RandomPurpose purpose, ReadOnlySpan<ulong> words)
    {
        ulong own = SipHash24(key0, key1, [(uint)purpose]);
        return SipHash24(own, key1, words);
    }

    /// <summary>Fills <paramref name="bytes"/> with the draws 0, 1, 2, … of one purpose and subject.</summary>
    public void Fill(RandomPurpose purpose, ulong subject, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(Draw(purpose, subject, 0, (uint)(i >> 3)) >> (8 * (i & 7)));
    }

    /// <summary>SipHash-2-4 of whole 64-bit little-endian words.</summary>
    internal static ulong SipHash24(ulong key0, ulong key1, ReadOnlySpan<ulong> words)
    {
        ulong v0 = key0 ^ 0x736f_6d65_7073_6575, v1 = key1 ^ 0x646f_7261_6e64_6f6d;
        ulong v2 = key0 ^ 0x6c79_6765_6e65_7261, v3 = key1 ^ 0x7465_6462_7974_6573;
        foreach (ulong word in words)
            Compress(ref v0, ref v1, ref v2, ref v3, word);

        Compress(ref v0, ref v1, ref v2, ref v3, (ulong)words.Length << 59);     // the length in bytes, modulo 256, on top
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++)
            Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Compress(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3, ulong word)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}

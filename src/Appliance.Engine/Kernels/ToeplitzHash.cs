namespace Appliance.Engine;

/// <summary>
/// The Toeplitz hash of NDIS ("RSS Hashing Functions"): for each input bit that is set, most significant first, the 32 key bits that
/// start at that bit's position are added modulo 2. Here one table look-up per input byte.
/// </summary>
public sealed class ToeplitzHash
{
    /// <summary>The longest input: two IPv6 addresses and two ports.</summary>
    public const int MaxInputLength = 36;                               // bytes

    private readonly uint[] _table = new uint[MaxInputLength * 256];

    /// <summary>For the kernel; pinned, so that its address is good for as long as this object is.</summary>
    private readonly ulong[] _matrices =
        GC.AllocateArray<ulong>(ToeplitzKernel.MatrixCount * ToeplitzKernel.MatrixWords, pinned: true);

    public ToeplitzHash(RssKey key)
    {
        Key = key;
        for (int i = 0; i < ToeplitzKernel.MatrixCount; i++)
            _matrices.AsSpan(i * ToeplitzKernel.MatrixWords, ToeplitzKernel.MatrixWords).Fill(ToeplitzKernel.Matrix(key, i));
        for (int position = 0; position < MaxInputLength; position++)
        {
            for (int value = 1; value < 256; value++)
            {
                int lowest = System.Numerics.BitOperations.TrailingZeroCount(value);
                uint rest = _table[(position * 256) + (value & (value - 1))];
                _table[(position * 256) + value] = rest ^ Window(key, (position * 8) + 7 - lowest);
            }
        }
    }

    public RssKey Key { get; }

    /// <summary>Tuples that <see cref="HashBatch"/> takes, and the distance between the words of one.</summary>
    public const int BatchCapacity = 64;

    /// <summary>Hashes up to <see cref="MaxInputLength"/> bytes in network order.</summary>
    public uint Hash(ReadOnlySpan<byte> input)
    {
        uint hash = 0;
        ReadOnlySpan<uint> table = _table;
        for (int i = 0; i < input.Length; i++)
            hash ^= table[(i << 8) | input[i]];
        return hash;
    }

    /// <summary>
    /// Hashes up to <see cref="BatchCapacity"/> tuples: word w of tuple i is <c>words[w * BatchCapacity + i]</c>, as a number, so that
    /// the words of all tuples stand side by side. Words that are zero add nothing: a tuple without ports is one with ports of zero.
    /// </summary>
    /// <param name="words">
    /// At least <paramref name="wordCount"/> times <see cref="BatchCapacity"/>; what stands behind the tuples is read, not used.
    /// </param>
    /// <param name="wordCount">3 for IPv4 with ports, 9 for IPv6.</param>
    /// <param name="tuples">How many.</param>
    /// <param name="hashes">At least <see cref="BatchCapacity"/>.</param>
    public unsafe void HashBatch(ReadOnlySpan<uint> words, int wordCount, int tuples, Span<uint> hashes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tuples, BatchCapacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wordCount, MaxInputLength / 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(words.Length, wordCount * BatchCapacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashes.Length, BatchCapacity);
        if (!ToeplitzKernel.IsSupported)
        {
            HashByTable(words, wordCount, tuples, hashes);
            return;
        }

        fixed (ulong* matrices = _matrices)
        fixed (uint* input = words, output = hashes)
            ToeplitzKernel.Hash(matrices, input, BatchCapacity, wordCount, tuples, output);
    }

    /// <summary>Four look-ups a word, for processors without GFNI.</summary>
    internal void HashByTable(ReadOnlySpan<uint> words, int wordCount, int tuples, Span<uint> hashes)
    {
        ReadOnlySpan<uint> table = _table;
        for (int tuple = 0; tuple < tuples; tuple++)
        {
            uint hash = 0;
            for (int word = 0; word < wordCount; word++)
            {
                uint value = words[(word * BatchCapacity) + tuple];
                int row = word << 10;                                   // four bytes of 256 entries
                hash ^= table[row | (int)(value >> 24)] ^ table[row | 256 | (int)((value >> 16) & 255)]
                    ^ table[row | 512 | (int)((value >> 8) & 255)] ^ table[row | 768 | (int)(value & 255)];
            }

            hashes[tuple] = hash;
        }
    }

    /// <summary>The 32 key bits from <paramref name="bit"/> on.</summary>
    private static uint Window(RssKey key, int bit)
    {
        ulong bits = 0;
        for (int i = 0; i < 5; i++)
            bits = (bits << 8) | key.Bytes[(bit >> 3) + i];
        return (uint)(bits >> (8 - (bit & 7)));
    }
}

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

    public ToeplitzHash(RssKey key)
    {
        Key = key;
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

    /// <summary>Hashes up to <see cref="MaxInputLength"/> bytes in network order.</summary>
    public uint Hash(ReadOnlySpan<byte> input)
    {
        uint hash = 0;
        ReadOnlySpan<uint> table = _table;
        for (int i = 0; i < input.Length; i++)
            hash ^= table[(i << 8) | input[i]];
        return hash;
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

namespace Appliance.Fuzz;

/// <summary>
/// The numbers of a run: SplitMix64 (Steele, Lea and Flood, 2014). Every burst has a stream of its own that follows from the seed and the
/// burst's number, so that any burst can be made again without those before it.
/// </summary>
internal sealed class Draw
{
    private const ulong Golden = 0x9e37_79b9_7f4a_7c15;

    private ulong _state;

    public Draw(ulong seed, ulong stream) => Restart(seed, stream);

    public void Restart(ulong seed, ulong stream) => _state = Mix(seed + Golden) ^ Mix((stream * Golden) + 1);

    public ulong Next() => Mix(_state += Golden);

    /// <summary>0 to <paramref name="bound"/> − 1; the bound is at least 1.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (uint)bound) >> 32);

    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool OneIn(int chances) => Below(chances) == 0;

    public T Of<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
        value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
        return value ^ (value >> 31);
    }
}

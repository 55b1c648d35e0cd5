using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>
/// Chance in a world: every number follows from the seed and from how many were asked for before. Several streams of one seed do not
/// disturb each other.
/// </summary>
/// <param name="seed">Of the world.</param>
/// <param name="stream">Who asks.</param>
internal sealed class WorldRandom(ulong seed, ulong stream)
{
    private readonly KeyedRandom _keyed = KeyedRandom.FromSeed(seed);
    private ulong _asked;

    public ulong Next()
    {
        ulong asked = _asked++;
        return _keyed.Draw(RandomPurpose.Simulation, stream, asked >> 32, (uint)asked);
    }

    /// <summary>From 0 to <paramref name="limit"/> less one.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Both ends among them.</summary>
    public long Between(long least, long most) => least + (long)(Next() % (ulong)(most - least + 1));

    public bool Chance(int perMille) => Below(1000) < perMille;

    public T OneOf<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}

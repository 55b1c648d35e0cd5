namespace Appliance.Firewall;

/// <summary>
/// What a state remembers of its synchronisation, in 64 bits: how often it has been told of, whoever of the two told last, and a digest of
/// what is lasting in it.
/// <code>
///   | digest 40 | generation 24 |
/// </code>
/// </summary>
internal readonly record struct SyncMark(ulong Bits)
{
    public const int GenerationBits = 24;

    private const uint GenerationMask = (1u << GenerationBits) - 1;

    public SyncMark(ulong digest, uint generation) : this((digest << GenerationBits) | (generation & GenerationMask))
    {
    }

    /// <summary>0: of no state; it has not been computed yet.</summary>
    public ulong Digest => Bits >> GenerationBits;

    /// <summary>0: nobody was told of it yet.</summary>
    public uint Generation => (uint)Bits & GenerationMask;

    /// <summary>The generation behind one; never 0.</summary>
    public static uint Next(uint generation) => (generation & GenerationMask) == GenerationMask ? 1 : (generation & GenerationMask) + 1;

    /// <summary>Whether a generation comes behind another, as far as they are not half of all apart.</summary>
    public static bool IsLater(uint generation, uint other) => (int)((generation - other) << (32 - GenerationBits)) > 0;
}

namespace Appliance.Failover;

/// <summary>
/// Which of the newest sequence numbers have come: each counts once, in whatever order within <see cref="Width"/> (RFC 4303 §3.4.3, with
/// the ring of words of RFC 6479).
/// </summary>
internal sealed class SequenceWindow
{
    /// <summary>As many as are on their way at a time, several times over.</summary>
    public const int Width = (Words - 1) * 64;

    private const int Words = 16;

    private readonly ulong[] _seen = new ulong[Words];
    private ulong _highest;

    /// <summary>False for one that was accepted before, or is too old to say; and for 0, which nobody sends.</summary>
    public bool TryAccept(ulong sequence)
    {
        if (sequence == 0 || sequence + Width <= _highest) return false;
        ulong word = sequence >> 6;
        ulong passed = Math.Min(word - Math.Min(word, _highest >> 6), Words);
        for (; passed > 0; passed--) _seen[(word - passed + 1) % Words] = 0;
        if (sequence > _highest) _highest = sequence;
        ulong bit = 1ul << (int)(sequence & 63);
        bool isNew = (_seen[word % Words] & bit) == 0;
        _seen[word % Words] |= bit;
        return isNew;
    }
}

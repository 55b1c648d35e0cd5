using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>
/// The counters that a group sends. As FreeBSD does: while nobody else was ever heard each is drawn anew; then one more than the last
/// heard or sent. (FreeBSD goes back when it hears a lower one. Here it never does, so that nobody takes the next for a replay.)
/// </summary>
/// <param name="random">Of this run.</param>
/// <param name="subject">The group.</param>
/// <param name="life">Of the group within the run: none draws what another has drawn.</param>
internal struct CarpCounter(KeyedRandom random, ulong subject, ulong life)
{
    private uint _draws;
    private bool _counts;

    /// <summary>Sent or heard last.</summary>
    public ulong Last { get; private set; }

    /// <summary>Counts from a drawn number on, unless it counts already: the numbers that a peer can be told of beforehand.</summary>
    public void StartCounting()
    {
        if (!_counts) (Last, _counts) = (Draw(), true);
    }

    public ulong Next() => Last = _counts ? Last + 1 : Draw();

    public void Follow(ulong heard)
    {
        Last = _counts ? Math.Max(Last, heard) : heard;
        _counts = true;
    }

    private ulong Draw() => random.Draw(RandomPurpose.CarpCounter, subject, life, _draws++);
}

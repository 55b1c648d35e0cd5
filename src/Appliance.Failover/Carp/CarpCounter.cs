using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>
/// The counters that a group sends. As FreeBSD does: while nobody else was ever heard each is drawn anew; then one more than the last
/// heard or sent. (FreeBSD goes back when it hears a lower one. Here it never does, so that nobody takes the next for a replay.)
/// </summary>
internal struct CarpCounter(KeyedRandom random, ulong subject)
{
    private ulong _last;
    private uint _draws;
    private bool _counts;

    /// <summary>Counts from a drawn number on and follows nobody: the numbers that a peer can be told of beforehand.</summary>
    public ulong StartCounting()
    {
        if (!_counts) _last = Draw();
        _counts = true;
        return _last + 1;
    }

    public ulong Next() => _last = _counts ? _last + 1 : Draw();

    public void Follow(ulong heard)
    {
        _last = _counts ? Math.Max(_last, heard) : heard;
        _counts = true;
    }

    private ulong Draw() => random.Draw(RandomPurpose.CarpCounter, subject, 0, _draws++);
}

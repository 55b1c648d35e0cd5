namespace Appliance.Failover;

/// <summary>Which advertisements a group believes beyond their proof, by <see cref="CarpTrust"/>.</summary>
internal sealed class CounterJudge(CarpShared shared)
{
    private readonly CounterMemory _heard = new();
    private readonly CounterWindow _announced = new();
    private bool _awaitsLane;

    public CarpRefusal Judge(ulong counter) => shared.Settings.Trust switch
    {
        CarpTrust.FreshCounters => JudgeFresh(counter),
        CarpTrust.AnnouncedCounters when _awaitsLane => JudgeFresh(counter),
        CarpTrust.AnnouncedCounters when !_announced.TryAccept(counter) => CarpRefusal.NotAnnounced,
        _ => CarpRefusal.None,
    };

    /// <summary>
    /// From <see cref="CarpTrust.FreshCounters"/> to <see cref="CarpTrust.AnnouncedCounters"/> beside a master that lives and may have no
    /// lane yet: what was heard goes on proving it until counters are announced, or it is missed.
    /// </summary>
    public void AwaitLane() => _awaitsLane = true;

    /// <summary>The master of before is gone; nobody who has announced nothing is another.</summary>
    public void AwaitNobody() => _awaitsLane = false;

    /// <summary>The peer speaks from this counter on, whatever it said before.</summary>
    public void OnPeerCounters(ulong first)
    {
        _awaitsLane = false;
        _announced.Announce(first);
    }

    /// <summary>
    /// The peer has come to this counter. Of those before it, who has believed any valid one knows not which it has heard.
    /// </summary>
    public void FollowPeerCounters(ulong next)
    {
        _awaitsLane = false;
        if (shared.Settings.Trust == CarpTrust.AnnouncedCounters) _announced.Follow(next);
        else _announced.Announce(next);
    }

    private CarpRefusal JudgeFresh(ulong counter) => _heard.TryAdd(counter) ? CarpRefusal.None : CarpRefusal.Replayed;
}

namespace Appliance.Engine;

/// <content>
/// What a worker does when its box has slept: another may be the virtual host now, and what was received, judged or queued before must not
/// leave any more. It finds out at the start of a breath, so of what it had in hand at most one batch leaves by each port.
/// </content>
public sealed partial class Worker
{
    private int _lapsesSeen;
    private bool _standsDown;                           // in this breath

    /// <summary>By which the box is its virtual hosts; null: it has none. Set before the first breath.</summary>
    public ActingLease? Lease { get; set; }

    /// <summary>First in a breath: whether only what the host sends may leave in it. Answers how many frames were given up.</summary>
    private int LookAtLease(MonotonicTime now)
    {
        if (Lease is not { } lease) return 0;
        int lapses = lease.Lapses;
        _standsDown = lapses != _lapsesSeen || lease.IsOver(now);
        _lapsesSeen = lapses;
        if (!_standsDown) return 0;
        int given = 0;
        foreach (Egress egress in _egress.Attached)
        {
            given += egress.Waiting;
            GiveUp(egress, DropReason.Standby);
        }

        _path.Holder?.GiveUp(DropReason.Standby);
        _path.LastHolder?.GiveUp(DropReason.Standby);
        return given;
    }

    /// <summary>While it stands down, ends what would go on.</summary>
    private void StandDown(FrameBatch batch)
    {
        if (!_standsDown) return;
        foreach (Frame frame in batch.Frames)
        {
            if (frame.Info.Disposition == Disposition.Continue) batch.Drop(frame, DropReason.Standby);
        }

        batch.Settle(new Exit(this));
    }
}

using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Sync;

namespace Appliance.Node;

/// <summary>
/// Sync of what is no flow, among what the thread that tends the node does: what has come is adopted, what has changed is told, each in
/// portions; who sends is rung behind them.
/// </summary>
internal sealed class BesideBreath(
    int stream, SyncStreams streams, SyncBuckets buckets, IStreamBeside replica, SyncJournal journal, Doorbell sender)
    : IBreathPart
{
    /// <summary>Portions of one turn: some milliseconds' work.</summary>
    public const int MostPortions = 16;

    /// <summary>Changes that a portion tells.</summary>
    public const int ToldPerPortion = 128;

    /// <summary>Whether something has come, or is to be told and may be; from any thread.</summary>
    public bool HasWork => buckets.HasWorkFor(stream) || (replica.Waiting > 0 && MayTell);

    /// <summary>There is a peer that knows of such things.</summary>
    public bool IsShared => streams.IsOpenFor(stream);

    /// <summary>When they were last compared both had the same.</summary>
    public bool IsEqual => streams.VerdictOf(stream) == SyncVerdict.Equal;

    public SyncOutcomes Outcomes => buckets.Outcomes;

    /// <summary>Records for which the journal had no room; all is told anew then.</summary>
    public long Lost => journal.Lost;

    /// <summary>By the thread that tends the node, before the first turn.</summary>
    public void Attach() => replica.Begin();

    public void Detach() => replica.End();

    public int Begin(MonotonicTime now)
    {
        int done = 0, portion = 1;
        for (int i = 0; i < MostPortions && portion > 0; i++, done += portion)
            portion = (MayTell ? replica.Tell(ToldPerPortion) : 0) + buckets.Step(now);
        replica.Apply(now);
        return done;
    }

    public void End()
    {
        if (!journal.IsEmpty) sender.Ring();
    }

    /// <summary>Without a peer nothing is written, and what has changed is told when one comes.</summary>
    private bool MayTell => journal.HasRoomToTell || !IsShared;
}

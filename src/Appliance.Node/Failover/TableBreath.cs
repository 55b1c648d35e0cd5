using Appliance.Engine;
using Appliance.Failover;
using Appliance.Firewall;
using Appliance.Wire.Sync;

namespace Appliance.Node;

/// <summary>
/// Sync of the tables, among what the thread that tends the node does: what has come is adopted, what was edited is told, each in portions;
/// who sends is rung behind them.
/// </summary>
internal sealed class TableBreath(
    int stream, SyncStreams streams, SyncBuckets buckets, TableReplica replica, TableLedger ledger, SyncJournal journal, Doorbell sender)
    : IBreathPart
{
    /// <summary>Portions of one turn: some milliseconds' work.</summary>
    public const int MostPortions = 16;

    /// <summary>Edits that a portion tells.</summary>
    public const int ToldPerPortion = 128;

    /// <summary>Whether something has come, or is to be told and may be; from any thread.</summary>
    public bool HasWork => buckets.HasWorkFor(stream) || (ledger.Waiting > 0 && MayTell);

    public TableSyncAccounts Accounts
    {
        get
        {
            SyncOutcomes outcomes = buckets.Outcomes;
            return new TableSyncAccounts(
                streams.IsOpenFor(stream),
                streams.VerdictOf(stream) == SyncVerdict.Equal,
                ledger.Count,
                ledger.Waiting,
                replica.Written + outcomes[SyncOutcome.Told],
                outcomes[FlowAdoption.Adopted] + outcomes[FlowAdoption.Refreshed],
                outcomes[FlowAdoption.Removed] + outcomes[SyncOutcome.Swept],
                outcomes[FlowAdoption.Full] + outcomes[FlowAdoption.Malformed] + outcomes[FlowAdoption.UnknownVersion],
                ledger.Homeless,
                ledger.Unmarked);
        }
    }

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
        replica.Apply();
        return done;
    }

    public void End()
    {
        if (!journal.IsEmpty) sender.Ring();
    }

    /// <summary>Without a peer nothing is written, and what was edited is told when one comes.</summary>
    private bool MayTell => journal.HasRoomToTell || !streams.IsOpenFor(stream);
}

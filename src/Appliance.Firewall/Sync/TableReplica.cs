using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The tables of a box as its peer sees them: one stream, whose records are marks of the <see cref="TableLedger"/>. A mark is known by its
/// table's name and its prefix, its generation says who edited it later; of two that are as late the leader's counts. Of the thread that
/// edits tables.
/// </summary>
/// <remarks>
/// A follower tells the peer only what the peer has never had: what it has had and no longer has was deleted there. So what either added
/// while the two were apart both have afterwards, and what the leader deleted both have not; of what the follower deleted alone the
/// leader knows nothing, and it comes back.
/// </remarks>
/// <param name="ledger">Of the box.</param>
/// <param name="stream">Its number.</param>
/// <param name="journal">Takes what is told.</param>
/// <param name="key">Of the pair's digests.</param>
public sealed class TableReplica(TableLedger ledger, int stream, IFlowJournal journal, KeyedRandom key) : IStreamBeside
{
    private readonly byte[] _record = new byte[IFlowJournal.MaxRecordBytes];
    private long _written;

    /// <summary>This box's marks count where the two differ.</summary>
    public Func<bool> Leads { get; init; } = static () => false;

    /// <summary>The peer is there, and what it has counts.</summary>
    public Func<bool> Follows { get; init; } = static () => false;

    /// <summary>What is not there at the peer need not have been deleted.</summary>
    public Func<bool> MayPeerLack { get; init; } = static () => false;

    public int Waiting => ledger.Waiting;

    /// <summary>Marks that were told of as they were edited.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Edits wait for the peer from here on.</summary>
    public void Begin()
    {
        ledger.Share(key);
        ledger.Follows = Follows;
    }

    public void End()
    {
        ledger.Share(null);
        ledger.Follows = static () => false;
    }

    /// <summary>Tells of what was edited, so many marks at most; answers how many waited no longer.</summary>
    public int Tell(int most)
    {
        int told = 0;
        for (; told < most && ledger.TryTellNext(out FlowChange change, _record, out int length); told++)
        {
            if (length == 0) continue;
            journal.TryWrite(stream, change, _record.AsSpan(0, length));
            Volatile.Write(ref _written, _written + 1);
        }

        return told;
    }

    /// <summary>What was adopted is in force from here on.</summary>
    public void Apply(MonotonicTime now) => ledger.Apply();

    public bool Has(int bucket) => bucket == stream;

    public FlowAdoption Adopt(int bucket, FlowChange change, ReadOnlySpan<byte> record, MonotonicTime now)
    {
        FlowAdoption read = TableRecord.Read(record, out TableRecord told);
        if (read != FlowAdoption.Adopted) return read;
        if (ledger.FindOrAdd(told.Table) is not { } table) return FlowAdoption.Full;
        bool isMarked = table.Places.TryGetValue(told.Prefix, out int place);
        if (change == FlowChange.Ended) return isMarked ? End(place, told) : FlowAdoption.Missing;
        if (isMarked && !IsLater(place, told)) return Keep(place, told);
        if (!ledger.TryReserve(table, told.Prefix, told.Kind)) return FlowAdoption.Full;
        if (!isMarked && !ledger.TryTake(table, told.Prefix, out place)) return FlowAdoption.Full;
        ledger.Confirm(place);
        ledger.TakeOver(place, told.Kind, told.Generation, isGone: false);
        return isMarked ? FlowAdoption.Refreshed : FlowAdoption.Adopted;
    }

    /// <summary>Tables are edited by who says so, not by packets that may have passed elsewhere.</summary>
    public void Doubt(MonotonicTime before)
    {
    }

    public void BeginWhole(int bucket) => ledger.BeginWhole();

    public int EndWhole(int bucket) => ledger.EndWhole();

    public int Export(int bucket, ref ulong cursor, Span<byte> into)
    {
        bool tellsAll = Leads() || MayPeerLack();
        for (; cursor < (ulong)ledger.EverUsed; cursor++)
        {
            int place = (int)cursor;
            ref TableMark mark = ref ledger[place];
            if (mark.Table is null || mark.IsGone || (!tellsAll && ledger.IsCommon(mark))) continue;
            ledger.Settle(place);
            cursor++;
            return TableRecord.Write(mark, into);
        }

        return 0;
    }

    public ulong DigestOf(int bucket) => ledger.Sum;

    public void Agree(int bucket) => ledger.Agree();

    private FlowAdoption End(int place, in TableRecord told)
    {
        ref TableMark mark = ref ledger[place];
        if (!mark.IsGone && !IsLater(place, told)) return FlowAdoption.Older;
        ledger.TakeOver(place, told.Kind, Math.Max(told.Generation, mark.Generation), isGone: true);
        return FlowAdoption.Removed;
    }

    /// <summary>
    /// Whether the peer's word counts. Of a mark that the leader once had, and has made anew since it forgot it, that is so however few
    /// edits are behind it.
    /// </summary>
    private bool IsLater(int place, in TableRecord told)
    {
        ref TableMark mark = ref ledger[place];
        if (told.Generation > mark.Generation) return true;
        bool isSame = told.Generation == mark.Generation && !mark.IsGone && mark.Kind == told.Kind;
        return !isSame && !Leads() && (told.Generation == mark.Generation || ledger.IsCommon(mark));
    }

    /// <summary>What is here is as late, or later.</summary>
    private FlowAdoption Keep(int place, in TableRecord told)
    {
        ledger.Confirm(place);
        ref TableMark mark = ref ledger[place];
        if (mark.Generation != told.Generation || mark.IsGone || mark.Kind != told.Kind) return FlowAdoption.Older;
        ledger.Settle(place);
        return FlowAdoption.Refreshed;
    }
}

using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <content>What is shared with the other appliance of a pair; nothing, and at no cost, where there is none.</content>
public sealed partial class FirewallShard
{
    /// <summary>Rulesets whose rules have names for the peer; states of earlier ones are told of without their rule.</summary>
    private const int RememberedNames = 64;

    private readonly FlowNames?[] _names = new FlowNames?[RememberedNames];     // by generation
    private ShardJournal? _journal;
    private ShardReplica? _replica;
    private ushort _creator;
    private MonotonicTime _doubtedBefore = new(long.MinValue);

    /// <summary>Keeps frames of new flows until the peer knows them; a path with this has a <see cref="HoldStage"/>.</summary>
    public IFrameHolder Holder => Hold;

    /// <summary>Whether new flows wait for the peer, in the worker's latest breath; any thread.</summary>
    public bool IsHolding => Hold.IsOn;

    /// <summary>Frames that it keeps now; any thread.</summary>
    public int HeldFrames => Hold.Count;

    /// <summary>How long new flows waited for the peer's acknowledgment.</summary>
    public DurationCounts HoldWaits => Hold.Waits;

    internal FlowHold Hold { get; }

    /// <summary>New flows by what became of their wait; any thread.</summary>
    public long HoldsOf(HoldOutcome outcome) => Hold[outcome];

    /// <summary>Whether changes of states are noted.</summary>
    internal bool IsTelling
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _journal is not null;
    }

    /// <summary>Of the latest breath.</summary>
    internal MonotonicTime Now => _now;

    /// <summary>Records for which the journal had no room.</summary>
    public long RefusedRecords => _journal?.Refused ?? 0;

    /// <summary>Records of the peer's by what became of them.</summary>
    public long AdoptionsOf(FlowAdoption outcome) => _replica?.CountOf(outcome) ?? 0;

    /// <summary>
    /// Begins to share states with a peer, or with another; null: ends. Between two breaths. What is here already is not told of by itself:
    /// <see cref="IFlowReplica.Export"/> does.
    /// </summary>
    public void Synchronize(FlowSync? sync)
    {
        _journal?.WriteNoted();
        _journal = sync is null ? null : new ShardJournal(this, sync);
        _replica = _journal is null ? null : new ShardReplica(this, _journal);
        if (sync is not null) _creator = sync.Creator;
        Hold.Use(sync?.Receipts, sync?.PatienceNanoseconds ?? 0);
    }

    bool IFlowReplica.Has(int bucket) =>
        _replica is not null && (uint)bucket < (uint)Steering.Table.Buckets && _presence.Has((ushort)bucket);

    void IFlowReplica.Expect(ReadOnlySpan<byte> record)
    {
        if (_table is null || !FlowImage.TryReadKeys(record, out FlowKey wire, out FlowKey stack)) return;
        _table.Expect(wire);
        _table.Expect(stack.Turned());                                  // the connection's other state
        if (wire != stack) _table.Expect(stack);
    }

    FlowAdoption IFlowReplica.Adopt(int bucket, FlowChange change, ReadOnlySpan<byte> record, MonotonicTime now) =>
        _replica?.Adopt(bucket, change, record, now) ?? FlowAdoption.NotHere;

    void IFlowReplica.Doubt(MonotonicTime before)
    {
        _doubtedBefore = before;
        Epoch.End();                                                    // the next frame of each connection goes the long way
    }

    void IFlowReplica.BeginWhole(int bucket) => _replica?.BeginWhole((ushort)bucket);

    int IFlowReplica.EndWhole(int bucket) => _replica?.EndWhole((ushort)bucket) ?? 0;

    int IFlowReplica.Export(int bucket, ref ulong cursor, Span<byte> into) => _replica?.Export((ushort)bucket, ref cursor, into) ?? 0;

    ulong IFlowReplica.DigestOf(int bucket) => _replica?.DigestOf((ushort)bucket) ?? 0;

    /// <summary>
    /// A segment is about to be judged by its connection. If the peer may have moved that on since it was last seen here, it is followed
    /// loosely until both ends have been heard.
    /// </summary>
    internal void Doubt(ref FlowRecord state, ref TcpTrack track)
    {
        if (state.LastSeen < _doubtedBefore) track = TcpTracker.FromPeer(track);
    }

    /// <summary>Names of a ruleset that was in force here; null: none that is remembered.</summary>
    internal FlowNames? NamesOf(uint generation) => Generation - generation < RememberedNames ? _names[generation % RememberedNames] : null;

    /// <summary>Something lasting has changed in a state, or it is new.</summary>
    internal void Note(int index) => _journal?.Note(index, ref _table![index]);

    /// <summary>
    /// A frame of a state has come, and proves something. If the peer had the state, it is this appliance's from here on, and the peer is
    /// told so.
    /// </summary>
    internal void Touch(int index, MonotonicTime now, StateTimeout timeout)
    {
        ref FlowRecord state = ref _table![index];
        if ((state.Flags & FlowFlags.FromPeer) != FlowFlags.None)
        {
            state.Flags &= ~FlowFlags.FromPeer;
            Note(index);
        }

        _table.Touch(index, now, SecondsOf(state, timeout));
    }

    /// <inheritdoc cref="ShardAliases.JoinHalves"/>
    internal void JoinHalves(int came, int leaves)
    {
        FlowFlags cameBefore = _table![came].Flags, leavesBefore = _table[leaves].Flags;
        Aliases.JoinHalves(came, leaves);
        if (_table[came].Flags != cameBefore) Note(came);
        if (_table[leaves].Flags != leavesBefore) Note(leaves);
    }

    /// <summary>
    /// Makes a state that the peer has, as <see cref="TryOpen"/> makes one of a frame's. <see cref="FlowAdmission.TableFull"/> too where
    /// its aliases cannot be told.
    /// </summary>
    internal FlowAdmission TryAdopt(in NewFlow flow, MonotonicTime now, out int index)
    {
        FlowTable table = _table ?? Make(now);
        FlowAdmission admission = table.TryAdopt(flow, now, out index);
        if (admission != FlowAdmission.Admitted) return admission;
        Changes++;
        if (Aliases.TryAsk(index)) return FlowAdmission.Admitted;
        table.TakeBack(index);
        index = FlowRecord.Nobody;
        return FlowAdmission.TableFull;
    }

    /// <summary>A state that the peer has is whole.</summary>
    internal void CountAdopted(in FlowRecord state)
    {
        CountCreated(state);
        if (_counters is not null) _counters.StatesCreated++;
    }

    /// <summary>The bucket leaves: what was noted of its states is told here.</summary>
    private void EndTelling(ushort bucket)
    {
        _journal?.WriteNoted();
        _replica?.Forget(bucket);
    }
}

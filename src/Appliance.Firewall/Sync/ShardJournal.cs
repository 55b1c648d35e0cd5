using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// What one worker tells the peer of its states. Who changes something lasting notes the state; at the end of the breath, before its
/// frames leave, each that was noted is told of once, however often it changed.
/// <code>
///   made, an edge of its tracker, a new half ──► noted ──┐
///   moved on by frames alone ──► a turn of the clock ────┴─► record ──► IFlowJournal
///   ended ──────────────────────────────────────────────────► record ──►
/// </code>
/// What frames move all the time (numbers, counters, time) is told of when the state's turn comes, every <see cref="TurnsOfState"/> rounds
/// of a second, with fast connections in each: so what the peer knows of a state that lives is never older than <see
/// cref="LagNanoseconds"/>, unless a worker is too busy to go its round. What has not been told of yet needs no end.
/// </summary>
internal sealed class ShardJournal
{
    /// <summary>States that may be noted; one more has those before it told of in the midst of the breath.</summary>
    public const int MaxNoted = 1024;

    /// <summary>Who has a state of the peer's knows when it was last seen but for this much, and keeps it for so much longer.</summary>
    public const long LagNanoseconds = 20_000_000_000;

    public const int TurnsOfState = 8;

    public const long RoundNanoseconds = 1_000_000_000;

    /// <summary>Bytes a second, in the mean of its life, from which on a connection is told of in each round.</summary>
    public const ulong FastBytesPerSecond = 1 << 24;

    private const int StepsOfBreath = 1024;                             // states looked at, or all that are left

    private readonly FirewallShard _shard;
    private readonly FlowSync _sync;
    private readonly FlowEncoder _encoder;
    private readonly int[] _noted = new int[MaxNoted];
    private readonly byte[] _record = new byte[IFlowJournal.MaxRecordBytes];
    private int _count;
    private MonotonicTime _began;                                       // the round
    private int _next;                                                  // state of the round
    private uint _round;

    public ShardJournal(FirewallShard shard, FlowSync sync)
    {
        (_shard, _sync) = (shard, sync);
        _encoder = new FlowEncoder(shard);
        Digests.Reset(shard.Steering.Table.Buckets);
    }

    public BucketDigests Digests { get; } = new();

    /// <summary>Records for which the journal had no room.</summary>
    public long Refused { get; private set; }

    /// <summary>Whether what ends now ends because the peer said so.</summary>
    public bool IsQuiet { get; set; }

    public MonotonicTime NextDeadline
    {
        get
        {
            int used = _shard.Table?.EverUsed ?? 0;
            if (used == 0) return MonotonicTime.Never;
            return _began + (long)(Math.Min(_next + StepsOfBreath, used) / (double)used * RoundNanoseconds);
        }
    }

    /// <summary>Something lasting has changed in a state, or it is new.</summary>
    public void Note(int index, ref FlowRecord state)
    {
        if ((state.Flags & (FlowFlags.Noted | FlowFlags.NoSync)) != FlowFlags.None) return;
        if (_count == MaxNoted) WriteNoted();
        state.Flags |= FlowFlags.Noted;
        _noted[_count++] = index;
    }

    /// <summary>Tells of what was noted; before what was noted moves.</summary>
    public void WriteNoted()
    {
        const FlowFlags wanted = FlowFlags.InUse | FlowFlags.Noted;
        FlowTable? table = _shard.Table;
        for (int i = 0; i < _count; i++)
        {
            ref FlowRecord state = ref table![_noted[i]];
            if ((state.Flags & wanted) == wanted) Write(ref state);     // else it has ended, or is another by now
        }

        _count = 0;
    }

    /// <summary>At the end of a breath. Answers whether there was anything to do.</summary>
    public int Advance(MonotonicTime now)
    {
        int noted = _count;
        WriteNoted();
        return noted + GoRound(now);
    }

    /// <summary>A state is about to go.</summary>
    public void Ended(in FlowRecord state, FlowEnd why)
    {
        if ((state.Flags & FlowFlags.NoSync) != FlowFlags.None) return;
        Digests.Change(state.Bucket, state.Sync.Digest, 0);
        bool isPeersToTell = why == FlowEnd.Expired && (state.Flags & FlowFlags.FromPeer) != FlowFlags.None;
        if (IsQuiet || isPeersToTell || state.Sync.Generation == 0) return;
        int length = _encoder.WriteEnd(state, SyncMark.Next(state.Sync.Generation), _record);
        Put(state.Bucket, FlowChange.Ended, length);
    }

    /// <summary>A state's digest, made anew, and its generation from here on.</summary>
    public void Mark(ref FlowRecord state, uint generation)
    {
        ulong before = state.Sync.Digest;
        state.Sync = new SyncMark(LastingDigest.Of(ref state, _sync.Key), generation);
        Digests.Change(state.Bucket, before, state.Sync.Digest);
    }

    /// <summary>All of a state, for a peer that may not know it. Answers the record's length.</summary>
    public int Export(ref FlowRecord state, Span<byte> into)
    {
        Mark(ref state, Math.Max(1, state.Sync.Generation));
        return _encoder.WriteWhole(state, state.Sync.Generation, _shard.Now, into);
    }

    private void Write(ref FlowRecord state)
    {
        bool isNew = state.Sync.Generation == 0;
        Mark(ref state, SyncMark.Next(state.Sync.Generation));
        state.Flags &= ~(FlowFlags.Noted | FlowFlags.FromPeer);         // who tells of it last has it
        int length = isNew
            ? _encoder.WriteWhole(state, state.Sync.Generation, _shard.Now, _record)
            : _encoder.WriteChange(state, state.Sync.Generation, _shard.Now, _record);
        Put(state.Bucket, isNew ? FlowChange.Made : FlowChange.Changed, length);
    }

    private void Put(ushort bucket, FlowChange change, int length)
    {
        if (!_sync.Journal.TryWrite(bucket, change, _record.AsSpan(0, length))) Refused++;
    }

    private int GoRound(MonotonicTime now)
    {
        if (_shard.Table is not { } table) return 0;
        int used = table.EverUsed;
        if (_round == 0) (_began, _round) = (now, 1);
        if (_next >= used && now - _began >= RoundNanoseconds)
        {
            bool isLate = now - _began >= 2 * RoundNanoseconds;         // then all of it is due
            (_began, _next, _round) = (isLate ? now + -RoundNanoseconds : _began + RoundNanoseconds, 0, _round + 1);
        }

        long elapsed = Math.Min(now - _began, RoundNanoseconds);
        int portion = Math.Min(StepsOfBreath, used - _next), due = (int)((double)used * elapsed / RoundNanoseconds) - _next;
        if (portion == 0 || due < portion) return 0;                    // a little each breath would let no worker sleep
        var visitor = new Refresher(this, now);
        int next = table.Visit(_next, portion, ref visitor);
        _next = next == FlowTable.AllVisited ? used : next;
        return 1;
    }

    /// <summary>Whether it is the turn of a state that frames have moved on since its last one.</summary>
    private bool IsDue(int index, in FlowRecord state, MonotonicTime now)
    {
        const FlowFlags exempt = FlowFlags.NoSync | FlowFlags.FromPeer | FlowFlags.Noted;
        long idle = now - state.LastSeen;
        if (idle > (TurnsOfState + 1) * RoundNanoseconds || (state.Flags & exempt) != FlowFlags.None) return false;
        if (now - state.Birth < RoundNanoseconds) return false;         // it has just been told of
        if (((uint)index + _round) % TurnsOfState == 0) return true;
        if (idle > 2 * RoundNanoseconds || state.WireKey.Protocol != Wire.Ip.IpProtocol.Tcp) return false;
        ulong seconds = (ulong)Math.Max(1, (now - state.Birth) / RoundNanoseconds);
        return (state.ForwardBytes + state.ReverseBytes) / seconds >= FastBytesPerSecond;
    }

    private readonly struct Refresher(ShardJournal journal, MonotonicTime now) : IFlowVisitor
    {
        public bool Visit(int index, ref FlowRecord state)
        {
            if (journal.IsDue(index, state, now)) journal.Write(ref state);
            return false;
        }
    }
}

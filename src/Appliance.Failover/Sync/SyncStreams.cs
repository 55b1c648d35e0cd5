using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// What the workers and the thread of failover share of the streams: one for each bucket, and behind them those of what is no flow. What
/// belongs to a stream is written by the worker that owns it, which may change: who hands a bucket over hands this over with it.
/// </summary>
public sealed class SyncStreams : IFlowReceipts
{
    public const int MaxCount = ushort.MaxValue;

    /// <summary>Instead of a worker: the stream is nobody's here.</summary>
    public const int Nobody = -1;

    private readonly ulong[] _written;                                // by the owner
    private readonly ulong[] _acknowledged;                           // by the thread of failover
    private readonly int[] _dirty;                                    // by both
    private readonly int[] _torn;                                     // by whoever finds it
    private readonly SyncTurn[] _turns;                               // by the owner
    private int _tornCount;
    private int _busy;
    private int _isUrgent;
    private int _holdsForNow;
    private int _isFull;
    private long _doubtedBefore;
    private long _session;                                            // epoch, and below it open and leader
    private int _shared;
    private int _mayPeerLack;

    /// <param name="buckets">Of the steering: the same on both boxes.</param>
    /// <param name="beside">Streams behind theirs (<see cref="Wire.Sync.SyncBeside"/>); a peer may know fewer or more.</param>
    public SyncStreams(int buckets, int beside = 0)
    {
        int count = buckets + beside;
        ArgumentOutOfRangeException.ThrowIfNotEqual(buckets > 0 && beside >= 0 && count <= MaxCount, true, nameof(buckets));
        (Buckets, _shared) = (buckets, count);
        (_written, _acknowledged) = (new ulong[count], new ulong[count]);
        (_dirty, _torn, _turns) = (new int[count], new int[count], new SyncTurn[count]);
        for (int i = 0; i < count; i++) _turns[i] = new SyncTurn();
    }

    public int Count => _written.Length;

    /// <summary>Those of flows, which come first.</summary>
    public int Buckets { get; }

    /// <summary>Those that the peer knows, too: all buckets, and the first of those behind them.</summary>
    public int Shared => Volatile.Read(ref _shared);

    /// <summary>What is not there at the peer need not have ended, as it said when the two last began.</summary>
    public bool MayPeerLack => Volatile.Read(ref _mayPeerLack) != 0;

    /// <summary>There is a peer to write for.</summary>
    public bool IsOpen => (Volatile.Read(ref _session) & 1) != 0;

    /// <summary>There is a peer to write for that knows the stream.</summary>
    public bool IsOpenFor(int stream) => IsOpen && stream < Shared;

    /// <summary>Where the two differ this box's states count.</summary>
    public bool IsLeader => (Volatile.Read(ref _session) & 2) != 0;

    /// <summary>How many records of a stream were written for the peer; by who has it, or had it a moment ago.</summary>
    public ulong WrittenOf(int stream) => Volatile.Read(ref _written[stream]);

    /// <summary>How many of these the peer has.</summary>
    public ulong AcknowledgedOf(int stream) => Volatile.Read(ref _acknowledged[stream]);

    /// <summary>What the last comparison of a stream since the two began came to, as anyone may see it.</summary>
    public SyncVerdict VerdictOf(int stream) => Turn(stream).Session == Session ? Turn(stream).Verdict : SyncVerdict.Open;

    /// <summary>Whether workers have something to tell, when there is room.</summary>
    public bool HasWork => IsOpen && (HasBusy || HasTorn);

    internal long Session => Volatile.Read(ref _session);

    /// <summary>New flows wait until the peer knows them: as the configuration has it, or <see cref="HoldsForNow"/>.</summary>
    public bool HoldsAlways { get; init; }

    /// <summary>While groups are handed over on purpose; by the thread of failover.</summary>
    public bool HoldsForNow
    {
        get => Volatile.Read(ref _holdsForNow) != 0;
        set => Volatile.Write(ref _holdsForNow, value ? 1 : 0);
    }

    /// <summary>
    /// The window is closed, and who opens it looks at what was written: nobody need be rung for that. By the thread of failover.
    /// </summary>
    public bool IsFull
    {
        get => Volatile.Read(ref _isFull) != 0;
        internal set => Volatile.Write(ref _isFull, value ? 1 : 0);
    }

    bool IFlowReceipts.AreAwaited => HoldsAlways || HoldsForNow;

    long IFlowReceipts.Session => IsOpen ? Session : IFlowReceipts.Apart;

    ulong IFlowReceipts.WrittenOf(int bucket) => IsStream(bucket) ? WrittenOf(bucket) : ulong.MaxValue;

    ulong IFlowReceipts.AcknowledgedOf(int bucket) => IsStream(bucket) ? AcknowledgedOf(bucket) : 0;

    bool IFlowReceipts.IsTorn(int bucket) => !IsStream(bucket) || IsTorn(bucket);

    /// <summary>Of this end, since it last opened.</summary>
    internal uint Epoch => (uint)(Session >> 2);

    /// <summary>A takeover waits: what has come is adopted before anything else is done.</summary>
    internal bool IsUrgent
    {
        get => Volatile.Read(ref _isUrgent) != 0;
        set => Volatile.Write(ref _isUrgent, value ? 1 : 0);
    }

    /// <summary>
    /// When this box last took over: of what it saw before, the peer may know more. Nanoseconds of its clock; 0: never yet.
    /// </summary>
    internal long DoubtedBefore
    {
        get => Volatile.Read(ref _doubtedBefore);
        set => Volatile.Write(ref _doubtedBefore, value);
    }

    internal bool HasTorn => Volatile.Read(ref _tornCount) > 0;

    /// <summary>Whether any stream has something to be done by its owner.</summary>
    internal bool HasBusy => Volatile.Read(ref _busy) > 0;

    internal SyncTurn Turn(int stream) => _turns[stream];

    internal void CountBusy(int by) => Interlocked.Add(ref _busy, by);

    internal void Advance(int stream) => Volatile.Write(ref _written[stream], _written[stream] + 1);

    internal void Acknowledge(int stream, ulong sequence) => Volatile.Write(ref _acknowledged[stream], sequence);

    /// <summary>Something has changed here that the peer was not told of.</summary>
    internal void MarkDirty(int stream)
    {
        if (Volatile.Read(ref _dirty[stream]) == 0) Volatile.Write(ref _dirty[stream], 1);
    }

    internal bool IsDirty(int stream) => Volatile.Read(ref _dirty[stream]) != 0;

    /// <summary>All of a stream is told from here on: whatever has changed before is in it, and what changes now is journaled.</summary>
    internal void BeginTelling(int stream)
    {
        Volatile.Write(ref _dirty[stream], 0);
        if (Interlocked.And(ref _torn[stream], ~(int)SyncTear.Ours) == (int)SyncTear.Ours) Interlocked.Decrement(ref _tornCount);
    }

    internal bool IsTorn(int stream) => (Volatile.Read(ref _torn[stream]) & (int)SyncTear.Ours) != 0;

    /// <summary>A record for the peer was lost here: all of the stream is to be told again.</summary>
    internal void MarkTorn(int stream)
    {
        MarkDirty(stream);
        Tear(stream, SyncTear.Ours);
    }

    /// <summary>A record of the peer's was lost here: it is to tell all of the stream again.</summary>
    internal void MarkMissed(int stream) => Tear(stream, SyncTear.Peers);

    internal bool TryMend(int stream, out SyncTear torn)
    {
        torn = SyncTear.None;
        if (Volatile.Read(ref _torn[stream]) == 0) return false;
        torn = (SyncTear)Interlocked.Exchange(ref _torn[stream], 0);
        if (torn != SyncTear.None) Interlocked.Decrement(ref _tornCount);
        return torn != SyncTear.None;
    }

    internal void Open(uint epoch, bool isLeader, int beside, bool mayPeerLack)
    {
        Volatile.Write(ref _shared, Math.Min(Count, Buckets + beside));
        Volatile.Write(ref _mayPeerLack, mayPeerLack ? 1 : 0);
        Volatile.Write(ref _session, ((long)epoch << 2) | (isLeader ? 3L : 1L));
    }

    internal void Close() => Volatile.Write(ref _session, _session & ~1L);

    /// <summary>Buckets may be of rules that are new; who shares by them comes.</summary>
    private bool IsStream(int bucket) => (uint)bucket < (uint)Buckets;

    private void Tear(int stream, SyncTear how)
    {
        if (Interlocked.Or(ref _torn[stream], (int)how) == 0) Interlocked.Increment(ref _tornCount);
    }
}

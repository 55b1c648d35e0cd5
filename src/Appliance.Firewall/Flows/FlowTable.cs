using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The states of one worker: found by key on either side of their translation, sharded by steering bucket, ended by their timeouts. Only
/// the worker that owns it calls it; it takes no lock, and allocates nothing but the letters of buckets that move. All of it lies outside
/// the managed heap.
/// <para>
/// A bucket's shard also holds its aliases: keys of frames that arrive here and whose state belongs to another bucket. They are counted
/// apart and bounded apart, and are told of each state that wants them and of each that has ended.
/// </para>
/// </summary>
public sealed partial class FlowTable : IBucketState, IDisposable
{
    /// <summary>From <see cref="Visit"/>: all have been visited.</summary>
    public const int AllVisited = -1;

    private readonly FlowStore _store;
    private readonly StateLimits _limits;
    private readonly IFlowObserver _observer;
    private readonly IFlowSteering _steering;
    private readonly TimerWheel<StateLinks> _wheel;
    private readonly FlowWalks _walks;
    private PressureRound _round;
    private bool _isScaled;                                             // in this tick: timeouts may be shortened

    /// <param name="size">What it has address space for.</param>
    /// <param name="limits">Shared by all workers.</param>
    /// <param name="random">The appliance's secret: where a key lies in the table follows from it.</param>
    /// <param name="observer">Hears of states that end.</param>
    /// <param name="steering">The one in force; asked when it has changed.</param>
    /// <param name="start">The present.</param>
    /// <param name="memory">Where its own comes from; null: the process's, in pages of the usual size.</param>
    public FlowTable(
        FlowTableSize size, StateLimits limits, KeyedRandom random, IFlowObserver observer, IFlowSteering steering, MonotonicTime start,
        ITableMemory? memory = null)
        : this(size, limits, new FlowHash(random), observer, steering, start, memory)
    {
    }

    internal FlowTable(
        FlowTableSize size, StateLimits limits, FlowHash hash, IFlowObserver observer, IFlowSteering steering, MonotonicTime start,
        ITableMemory? memory = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.MaxStates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size.MaxAliases, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((2L * size.MaxStates) + size.MaxAliases, FlowHit.MaxIndex);
        _store = new FlowStore(size, hash, memory ?? ProcessMemory.Instance);
        _limits = limits;
        _observer = observer;
        _steering = steering;
        _wheel = new TimerWheel<StateLinks>(new StateLinks(_store.States.Records), start);
        _round = new PressureRound(size.Buckets);
        _walks = new FlowWalks(size.Buckets);
        Tell(start);
    }

    /// <summary>States here.</summary>
    public int Count => _store.States.Count;

    /// <summary>Aliases here, and notes of ends of states that nobody has heard of yet.</summary>
    public int AliasCount => _store.Aliases.Count;

    /// <summary>Keys that hold at one port only; where there are none, a look-up takes one look instead of two.</summary>
    public int BoundKeyCount => _store.BoundKeys;

    public int Buckets => _store.StatesOf.Buckets;

    /// <summary>Outside the managed heap, as far as it has ever been written.</summary>
    public long MemoryBytes => _store.MemoryBytes;

    /// <summary>Aliases that found no room where their bucket went: their frames meet the rules again.</summary>
    public long LostAliases { get; private set; }

    /// <summary>When to call <see cref="Expire"/> again although nothing else happens.</summary>
    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime round = _round.NextDeadline;
            return _wheel.NextDeadline < round ? _wheel.NextDeadline : round;
        }
    }

    /// <summary>A state, by its number.</summary>
    public ref FlowRecord this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _store.States.Records[index];
    }

    /// <summary>All of them, for kernels.</summary>
    internal NativeArray<FlowRecord> Records => _store.States.Records;

    /// <summary>A quick test for states that have not expired, for frames that come now; it holds for this tick.</summary>
    internal ExpiryBound BoundAt(MonotonicTime now)
    {
        if (!_isScaled) return ExpiryBound.Unscaled(now);
        return _limits.HasScaledRules ? ExpiryBound.Unknown : ExpiryBound.Scaled(now, _limits.Adaptive, _limits.CountAtTick);
    }

    /// <summary>An alias, by its number.</summary>
    public ref readonly AliasRecord Alias(int index) => ref _store.Aliases.Records[index];

    /// <summary>
    /// Finds a batch of IPv4 keys; batches of 64 are fastest. A state bound to the port comes before a floating one, a state before an
    /// alias, and aliases are found on the wire's side only.
    /// </summary>
    /// <param name="keys">With the logical port that each frame passes.</param>
    /// <param name="side">The wire's for frames that come in, the stack's for those that go out.</param>
    /// <param name="hits">As many as keys.</param>
    public void Lookup(ReadOnlySpan<PackedFlowKey> keys, FlowSide side, Span<FlowHit> hits) => _store.Lookup(keys, side, hits);

    /// <summary>The same, for keys of either family.</summary>
    public void Lookup(ReadOnlySpan<FlowKey> keys, FlowSide side, Span<FlowHit> hits) => _store.Lookup(keys, side, hits);

    /// <summary>The same, for one key.</summary>
    public FlowHit Find(in FlowKey key, FlowSide side) => _store.Find(key, side);

    /// <summary>The state of a bucket that has a key, whatever other buckets have; no alias.</summary>
    public FlowHit FindOf(ushort bucket, in FlowKey key, FlowSide side) => _store.FindOf(bucket, key, side);

    /// <summary>
    /// What a frame that has come in goes by in the bucket where it arrives, whatever other buckets have: the bucket's state that has its
    /// key on the wire, else its alias, first that of such a state of another bucket.
    /// </summary>
    public FlowHit FindArriving(ushort bucket, in FlowKey key) => _store.FindArriving(bucket, key);

    /// <summary>Asks the cache for the states of a batch: worth it between finding them and judging by them.</summary>
    public void Prefetch(ReadOnlySpan<FlowHit> hits) => _store.Prefetch(hits);

    /// <summary>
    /// Makes a state, with the frame that makes it as seen and not as counted. What else belongs into its record is the caller's to write.
    /// </summary>
    /// <param name="flow">What it is made of.</param>
    /// <param name="now">The present.</param>
    /// <param name="index">Its number; of the state in its way; or <see cref="FlowRecord.Nobody"/>.</param>
    public FlowAdmission TryInsert(in NewFlow flow, MonotonicTime now, out int index)
    {
        if (Collides(flow.Wire, flow.Bucket, FlowSide.Wire, out index) || Collides(flow.Stack, flow.Bucket, FlowSide.Stack, out index))
            return FlowAdmission.Collision;
        FlowAdmission admission = _limits.TryTake(flow.Account);
        if (admission != FlowAdmission.Admitted) return admission;
        if (TryMake(flow, now, out index)) return FlowAdmission.Admitted;
        _limits.Release(flow.Account);
        index = FlowRecord.Nobody;
        return FlowAdmission.TableFull;
    }

    /// <summary>Makes two states partners: of one connection, of one bucket, neither with a partner yet.</summary>
    public void Join(int one, int other)
    {
        if (this[one].HomeBucket != this[other].HomeBucket) throw new InvalidOperationException("A connection belongs to one bucket.");
        this[one].PartnerIndex = other;
        this[other].PartnerIndex = one;
    }

    /// <summary>
    /// Notes where aliases of a state's keys have been asked for, so that they can be told when it ends; <see cref="FlowRecord.NoBucket"/>:
    /// none has.
    /// </summary>
    public void NoteAliases(int index, ushort wire, ushort stack) =>
        (this[index].WireAliasAt, this[index].StackAliasAt) = (wire, stack);

    /// <summary>Ends a state.</summary>
    public void Remove(int index, FlowEnd why = FlowEnd.Removed)
    {
        _observer.Ended(index, ref this[index], why);
        TakeBack(index);
    }

    /// <summary>Ends a state that has just been made, as if it had not been.</summary>
    internal void TakeBack(int index)
    {
        ref FlowRecord state = ref this[index];
        _wheel.Cancel(index);
        _round.Skip(index, _store.StatesOf);
        _walks.Skip(state.HomeBucket, index, _store.StatesOf);
        _store.Withdraw(index);
        _limits.Release(state.RuleAccount);
        if (state.PartnerIndex != FlowRecord.Nobody) this[state.PartnerIndex].PartnerIndex = FlowRecord.Nobody;
        state.Flags = FlowFlags.None;
        _store.States.Return(index);
    }

    /// <summary>A frame of the state: now seen, and how long the state waits for the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(int index, MonotonicTime now, uint timeoutSeconds)
    {
        ref FlowRecord state = ref this[index];
        state.LastSeen = now;
        if (state.Timeout != timeoutSeconds) ChangeTimeout(index, timeoutSeconds);
    }

    /// <summary>
    /// Whether a state's time is up although it is still here: whoever finds it treats it as not found, so that what a frame meets does not
    /// depend on when the table was last swept.
    /// </summary>
    public bool IsExpired(int index, MonotonicTime now) => EndOf(ref this[index]) <= now;

    /// <summary>When a state ends if no frame comes, by the scale of this tick.</summary>
    public MonotonicTime ExpiresAt(int index) => EndOf(ref this[index]);

    /// <summary>Before anything is judged or ended at a time that is later than before: timeouts may shrink.</summary>
    public void Tell(MonotonicTime now)
    {
        _limits.Tell(now);
        _isScaled = _limits.IsUnderPressure || _limits.HasScaledRules;
    }

    /// <summary>
    /// Ends the states whose time was up when this tick began. Which those are follows from when they were last seen and not from where
    /// their timers stand, so that they are the same ones however often a worker looks, and whichever worker has them. Answers the steps it
    /// took; as many as allowed: there may be more to do at once.
    /// </summary>
    /// <param name="now">Not before that of an earlier call.</param>
    /// <param name="steps">States looked at or moved in the wheel, at most.</param>
    public int Expire(MonotonicTime now, int steps)
    {
        int left = steps;
        MonotonicTime tick = TimerTick.Start(now);
        Tell(now);
        while (_wheel.TryTake(now, ref left, out int index))
        {
            MonotonicTime end = EndOf(ref this[index]);
            if (end <= tick) Remove(index, FlowEnd.Expired);
            else _wheel.Schedule(index, end);
        }

        if (_isScaled) SweepAll(now, tick, ref left);
        else _round.Stop();
        return steps - left;
    }

    /// <summary>
    /// A state of bucket <paramref name="owner"/> wants an alias of this key, whose frames arrive in <paramref name="bucket"/>. Another
    /// state of the same key, or another bucket's alias, is no hindrance: two connections have one key then, and <see
    /// cref="FindArriving"/> says which comes first. False: there is no room.
    /// </summary>
    /// <param name="key">As on the wire where its frames arrive.</param>
    /// <param name="bucket">Where that is.</param>
    /// <param name="owner">The state's.</param>
    /// <param name="isLent">The bucket is about to leave, and who will have it has been told as well: this does not go along.</param>
    /// <param name="side">Where the state would be found: the wire's by the key itself, the stack's by that turned.</param>
    public bool TryAddAlias(in FlowKey key, ushort bucket, ushort owner, bool isLent = false, FlowSide side = FlowSide.Wire) =>
        _store.TryCountAlias(key, bucket, owner, 1, side == FlowSide.Wire ? 1 : 0, isLent);

    /// <summary>
    /// Such a state has ended. It may be told before <see cref="TryAddAlias"/> is; the two cancel out in any order. False: there is no room
    /// to note that.
    /// </summary>
    public bool TryRemoveAlias(in FlowKey key, ushort bucket, ushort owner, bool isLent = false, FlowSide side = FlowSide.Wire) =>
        _store.TryCountAlias(key, bucket, owner, -1, side == FlowSide.Wire ? -1 : 0, isLent);

    /// <summary>
    /// Shows states to a visitor, some at a time, and kills those that it wants killed, each with its partner. A state that is there from
    /// the first call to the last, in this table, is visited once; others may be.
    /// </summary>
    /// <param name="from">0, or what the last call answered.</param>
    /// <param name="steps">Records looked at, at most.</param>
    /// <param name="visitor">Sees each state; it must not make or end any.</param>
    /// <returns>Where to go on, or <see cref="AllVisited"/>.</returns>
    public int Visit<TVisitor>(int from, int steps, ref TVisitor visitor) where TVisitor : struct, IFlowVisitor
    {
        int end = (int)Math.Min((long)from + steps, _store.States.EverUsed);
        for (int index = from; index < end; index++)
        {
            ref FlowRecord state = ref this[index];
            if (IsInUse(ref state) && visitor.Visit(index, ref state)) Kill(index);
        }

        return end == _store.States.EverUsed ? AllVisited : end;
    }

    /// <inheritdoc/>
    public object? Detach(ushort bucket)
    {
        if (_round.Next != BucketLink.End && this[_round.Next].Bucket == bucket) _round.SkipBucket();
        _walks.Forget(bucket);
        return FlowMoves.Detach(_store, _wheel, bucket);
    }

    /// <inheritdoc/>
    public void Attach(ushort bucket, object? state)
    {
        if (state is FlowLetter { IsClosed: false } letter) FlowMoves.Attach(_store, letter, this);
    }

    /// <summary>
    /// The hash means something else, but a connection is still a connection: every state stays, and moves to the list of the bucket where
    /// its connection's first frame would arrive now. All aliases go, and those that are wanted now are made, here.
    /// <para>
    /// Afterwards the table holds states and aliases of buckets that others own. Before any frame is judged by the new rules, each worker
    /// detaches the buckets that are not its own and sends them to their owners, and attaches what it is sent.
    /// </para>
    /// </summary>
    public void Reset(int buckets)
    {
        _round = new PressureRound(buckets);
        _walks.Reset(buckets);
        new FlowRehoming(_store, _steering, this).Run(buckets);
    }

    public void Dispose() => _store.Dispose();

    /// <summary>A state that has come with its bucket: its timer runs here from now on.</summary>
    internal void Arm(int index) => _wheel.Schedule(index, EndOf(ref this[index]));

    /// <summary>A state that found no room where its bucket went.</summary>
    internal void Lose(ref FlowRecord state)
    {
        _observer.Ended(FlowRecord.Nobody, ref state, FlowEnd.Lost);
        _limits.Release(state.RuleAccount);
    }

    internal void LoseAlias() => LostAliases++;

    private void Kill(int index)
    {
        int partner = this[index].PartnerIndex;
        Remove(index, FlowEnd.Killed);
        if (partner != FlowRecord.Nobody) Remove(partner, FlowEnd.Killed);
    }

    private static bool IsInUse(ref FlowRecord state) => (state.Flags & FlowFlags.InUse) != FlowFlags.None;

    /// <summary>
    /// Whether another state holds a key: one of the same bucket, or on the wire one of another, with an alias in this. What else other
    /// buckets have is in nobody's way, though it be in this table: with another number of workers it would be in another.
    /// </summary>
    private bool Collides(in FlowKey key, ushort bucket, FlowSide side, out int index)
    {
        FlowHit hit = side == FlowSide.Wire ? _store.FindArrivingAt(bucket, key) : _store.FindAtOf(bucket, key, side);
        index = hit.IsState ? hit.Index : FlowRecord.Nobody;
        return hit.IsState || (hit.IsAlias && Alias(hit.Index).IsOnWire);
    }

    private bool TryMake(in NewFlow flow, MonotonicTime now, out int index)
    {
        if (!_store.States.TryRent(out index)) return false;
        ref FlowRecord state = ref this[index];
        state.WireKey = flow.Wire;
        state.StackKey = flow.Stack;
        state.Way = flow.Direction;
        state.HomeBucket = flow.Bucket;
        state.WireAliasAt = state.StackAliasAt = FlowRecord.NoBucket;
        state.RuleAccount = (ushort)flow.Account;
        state.PartnerIndex = state.SourceNode = FlowRecord.Nobody;
        state.Birth = state.LastSeen = now;
        state.Timeout = flow.TimeoutSeconds;
        if (!_store.TryEnter(index))
        {
            _store.States.Return(index);
            return false;
        }

        state.Flags = FlowFlags.InUse | (flow.IsOfAnswer ? FlowFlags.OfAnswer : FlowFlags.None);
        Arm(index);
        return true;
    }

    /// <summary>A later end is found out when the timer fires; an earlier one it has to be told.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ChangeTimeout(int index, uint seconds)
    {
        ref FlowRecord state = ref this[index];
        state.Timeout = seconds;
        MonotonicTime end = EndOf(ref state);
        if (end >= state.Timer.Due) return;
        _wheel.Cancel(index);
        _wheel.Schedule(index, end);
    }

    /// <summary>
    /// Without pressure it looks at nothing that other workers write: every frame asks. A state that is the peer's to end lives here as
    /// long as it could live there, where a frame may have come of which nothing has been told yet, and nothing presses.
    /// </summary>
    private MonotonicTime EndOf(ref FlowRecord state)
    {
        bool isPeers = (state.Flags & FlowFlags.FromPeer) != FlowFlags.None;
        if (isPeers) return state.LastSeen + ((state.Timeout * 1_000_000_000L) + ShardJournal.LagNanoseconds);
        uint seconds = _isScaled ? _limits.Scale(state.RuleAccount, state.Timeout) : state.Timeout;
        return state.LastSeen + (seconds * 1_000_000_000L);
    }

    private void SweepAll(MonotonicTime now, MonotonicTime tick, ref int left)
    {
        while (left > 0 && _round.TryNext(now, _store.StatesOf, out int index))
        {
            left--;
            if (EndOf(ref this[index]) <= tick) Remove(index, FlowEnd.Expired);
        }
    }
}

using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// One worker's part in aliases: it asks others for those that its states want, and keeps those that others ask for.
/// <code>
///   state made ──► alias wanted ──► owner of the bucket where its answers arrive: +1
///   state ends ──► alias ended  ──► owner of that bucket then:                    −1
/// </code>
/// A letter is written before the frame that makes the state leaves, and read before a frame that finds no state is called a new flow: so
/// an alias is there when it is needed. Who adds and who takes away may be different workers, and their letters come in any order; only
/// the sum counts, so none has to wait for another.
/// <para>
/// When buckets move, letters go to the new owner, which takes them before the bucket has come: what the old one has is added. A worker
/// that writes by the old table does so before its mark, and the old owner reads before the bucket leaves. But for a while the old owner
/// still judges frames that come by the old table, so who writes by the new one lends it a copy, which stays behind when the bucket goes.
/// </para>
/// </summary>
/// <param name="worker">Whose it is.</param>
/// <param name="sharing">Has the rings.</param>
/// <param name="presence">Which buckets are here.</param>
internal sealed class ShardAliases(int worker, StateSharing sharing, BucketPresence presence)
{
    /// <summary>To one worker, at most: one for each key.</summary>
    private const int LettersOfState = 2;

    private FlowTable? _table;
    private SteeringRules? _steering;
    private BucketMove? _move;
    private uint _rules;

    /// <summary>States whose end can surely be told, to whomever.</summary>
    public int Room
    {
        get
        {
            int room = int.MaxValue;
            for (int to = 0; to < sharing.Workers; to++)
            {
                if (sharing.Letters(worker, to) is { } ring) room = Math.Min(room, ring.Room);
            }

            return room / LettersOfState;
        }
    }

    /// <summary>Whether others have written.</summary>
    public bool HasLetters
    {
        get
        {
            for (int from = 0; from < sharing.Workers; from++)
            {
                if (sharing.Letters(from, worker) is { } ring && ring.TryPeek(out _)) return true;
            }

            return false;
        }
    }

    public void Adopt(SteeringRules steering) => _steering = steering;

    public void Adopt(BucketMove move) => _move = move;

    public void Adopt(FlowTable table) => _table = table;

    /// <summary>Another hash: all aliases have been made anew, and letters that were written before mean nothing.</summary>
    public void Reset() => _rules++;

    /// <summary>
    /// Asks for the aliases that a new state wants, if it wants any. False: who has to know reads no letters, or there is no room for it.
    /// </summary>
    public bool TryAsk(int index)
    {
        ref FlowRecord state = ref _table![index];
        ushort wire = Elsewhere(state, FlowSide.Wire);
        bool isOneFlow = _steering!.Symmetric && !state.IsTranslated;   // of one key, either way round: one hash will do
        ushort stack = isOneFlow ? wire : Elsewhere(state, FlowSide.Stack);
        if (!HasRoomFor(wire, stack)) return false;
        if (!TryTell(state, FlowSide.Wire, wire, isWanted: true)) return false;
        if (!TryTell(state, FlowSide.Stack, stack, isWanted: true))
        {
            TryTell(state, FlowSide.Wire, wire, isWanted: false);
            return false;
        }

        _table.NoteAliases(index, wire, stack);
        return true;
    }

    /// <inheritdoc cref="Redirection.TryKeep"/>
    public bool TryKeep(FrameBatch batch, int index, ushort bucket, WorkerCounters counters, FrameTraits reason) =>
        Redirection.TryKeep(batch, index, bucket, presence.Has(bucket), _steering!.Table, worker, counters, reason);

    /// <summary>
    /// A frame that came in by one state has found another on its way out: they are of one connection, made by one direction each, for
    /// rules keep state at one of the two places only. The later one is the answers'.
    /// </summary>
    public void JoinHalves(int came, int leaves)
    {
        ref FlowRecord first = ref _table![came], second = ref _table[leaves];
        bool areHalves = came != leaves && (first.Flags & FlowFlags.InUse) != FlowFlags.None && first.Partner == FlowRecord.Nobody
            && first.Bucket == second.Bucket && first.Stack.Turned().IsSameFlow(second.Stack);
        if (!areHalves) return;
        if (first.IsForward(FlowSide.Wire) != second.IsForward(FlowSide.Stack))
        {
            bool isFirstLater = first.Created > second.Created || (first.Created == second.Created && first.IsForward(FlowSide.Wire));
            _table[isFirstLater ? came : leaves].Flags |= FlowFlags.OfAnswer;
        }

        _table.Join(came, leaves);
    }

    /// <summary>Whether a state that a frame makes on its way out is the answers', by the state by which it came in.</summary>
    public bool IsOfAnswer(Frame frame)
    {
        int ingress = (int)frame.Info.Flow - 1;
        if (ingress < 0 || (_table![ingress].Flags & FlowFlags.InUse) == FlowFlags.None)
            return (frame.Info.Traits & FrameTraits.Redirected) != FrameTraits.None;
        return _table[ingress].IsForward(FlowSide.Wire) == _table[ingress].IsOfAnswer;
    }

    /// <summary>Whether the end of a state can be told.</summary>
    public bool CanEnd(in FlowRecord state) => HasRoomFor(state.WireAliasAt, state.StackAliasAt);

    /// <summary>Tells of a state that ends. False: it could not be told, and its aliases stay.</summary>
    public bool TryEnd(in FlowRecord state) =>
        CanEnd(state)
        && TryTell(state, FlowSide.Wire, state.WireAliasAt, isWanted: false)
        & TryTell(state, FlowSide.Stack, state.StackAliasAt, isWanted: false);

    /// <summary>Does what others have written; answers how many letters there were. There must be a table if there are any.</summary>
    public int Read()
    {
        int read = 0;
        for (int from = 0; from < sharing.Workers; from++)
        {
            if (sharing.Letters(from, worker) is { } ring) read += Read(ring);
        }

        return read;
    }

    private int Read(MessageRing<AliasLetter> ring)
    {
        int read = 0;
        for (; read < ring.Capacity && ring.TryPeek(out AliasLetter letter); read++)
        {
            int ahead = (int)(letter.Rules - _rules);
            if (ahead > 0) break;                                       // for the time when this worker has come as far
            if (ahead == 0 && (letter.Move == 0 || IsLeaving(letter)) && !TryCount(letter)) _table!.LoseAlias();
            ring.RemoveFirst();
        }

        return read;
    }

    /// <summary>Whether the bucket is still here which a letter says is about to leave. It may say so before this worker knows.</summary>
    private bool IsLeaving(in AliasLetter letter)
    {
        int ahead = (int)(letter.Move - (_move?.Number ?? 0));
        return ahead > 0 || (ahead == 0 && presence.Has(letter.Bucket));
    }

    /// <summary>Where frames that find a state on a side arrive, if that is another bucket than its own.</summary>
    private ushort Elsewhere(in FlowRecord state, FlowSide side)
    {
        ushort bucket = ArrivalBucket.Of(_steering!, FlowHoming.Arrival(state, side), FlowHoming.IsOfAnswers(state, side));
        return bucket == state.Bucket ? FlowRecord.NoBucket : bucket;
    }

    /// <summary>For a letter about each, which may go to one worker.</summary>
    private bool HasRoomFor(ushort wire, ushort stack)
    {
        bool areBoth = wire != FlowRecord.NoBucket && stack != FlowRecord.NoBucket;
        int letters = areBoth ? LettersOfState : 1;
        return HasRoomFor(wire, letters) && HasRoomFor(stack, letters);
    }

    private bool HasRoomFor(ushort bucket, int letters) =>
        bucket == FlowRecord.NoBucket
        || (HasRoom(_steering!.Table.OwnerOf(bucket), letters) && (!IsMoving(bucket, out int from) || HasRoom(from, letters)));

    /// <summary>Whether a bucket may still be with its owner before.</summary>
    private bool IsMoving(ushort bucket, out int from)
    {
        from = _move is { IsDone: false } move ? move.PreviousOwnerOf(bucket) : FlowRecord.Nobody;
        return from != FlowRecord.Nobody && from != _steering!.Table.OwnerOf(bucket);
    }

    private bool HasRoom(int to, int letters) => sharing.Letters(worker, to) is not { } ring || ring.Room >= letters;

    private bool TryTell(in FlowRecord state, FlowSide side, ushort bucket, bool isWanted)
    {
        if (bucket == FlowRecord.NoBucket) return true;
        var letter = new AliasLetter(FlowHoming.Arrival(state, side), side, bucket, state.Bucket, isWanted, _rules, 0);
        if (!TryPut(_steering!.Table.OwnerOf(bucket), letter)) return false;
        if (IsMoving(bucket, out int from)) TryPut(from, letter with { Move = _move!.Number });
        return true;
    }

    private bool TryPut(int to, in AliasLetter letter)
    {
        if (to != worker) return sharing.Letters(worker, to)!.TryPut(letter);
        return (letter.Move != 0 && !presence.Has(letter.Bucket)) || TryCount(letter);
    }

    private bool TryCount(in AliasLetter letter) => letter.IsWanted
        ? _table!.TryAddAlias(letter.Key, letter.Bucket, letter.Owner, isLent: letter.Move != 0, letter.Side)
        : _table!.TryRemoveAlias(letter.Key, letter.Bucket, letter.Owner, isLent: letter.Move != 0, letter.Side);
}

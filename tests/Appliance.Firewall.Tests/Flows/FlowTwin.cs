using Appliance.Engine;

namespace Appliance.Firewall.Tests;

/// <summary>
/// A state table as one would write it who has all the time and memory: dictionaries, and a look at everything. What the table has no room
/// for it has none for either: records by their number, entries of one packed key by their count.
/// </summary>
/// <param name="hash">Says which keys are one to the index.</param>
/// <param name="size">Of the table.</param>
/// <param name="limit">States here and on their way.</param>
internal sealed class FlowTwin(FlowHash hash, FlowTableSize size, int limit)
{
    private readonly Dictionary<(FlowKey Key, FlowSide Side), List<ulong>> _byKey = [];
    private readonly Dictionary<PackedFlowKey, int> _entries = [];
    private long _entered;

    public Dictionary<ulong, State> States { get; } = [];

    public Dictionary<(FlowKey Key, ushort Owner), Alias> Aliases { get; } = [];

    /// <summary>What has left with its bucket and is not back yet.</summary>
    public Letter Away { get; private set; } = new([], []);

    /// <summary>Entries of one port only.</summary>
    public int BoundKeys { get; private set; }

    /// <summary>Entries that one packed key has had at some time, at most.</summary>
    public int MostEqual { get; private set; }

    /// <summary>Times that a key had as many as it may.</summary>
    public int Crowded { get; private set; }

    public int LostAliases { get; private set; }

    /// <summary>The ids of states, of one bucket each, or else the owners of aliases; any of them may be found.</summary>
    public Found Find(FlowKey key, FlowSide side)
    {
        Found bound = key.Port == FlowKey.AnyPort ? Found.Nothing : FindAt(key, side);
        return bound.IsAny ? bound : FindAt(key with { Port = FlowKey.AnyPort }, side);
    }

    /// <summary>The id of the state that a bucket has of a key, or 0.</summary>
    public ulong FindOf(ushort bucket, FlowKey key, FlowSide side)
    {
        ulong bound = key.Port == FlowKey.AnyPort ? 0 : FindAtOf(bucket, key, side);
        return bound != 0 ? bound : FindAtOf(bucket, key with { Port = FlowKey.AnyPort }, side);
    }

    /// <summary>
    /// What a frame goes by that arrives in a bucket: the id of the bucket's state, else the owner of its alias; of several that of a state
    /// with the key on the wire, then the lowest.
    /// </summary>
    public Found FindArriving(ushort bucket, FlowKey key)
    {
        Found bound = key.Port == FlowKey.AnyPort ? Found.Nothing : FindArrivingAt(bucket, key);
        return bound.IsAny ? bound : FindArrivingAt(bucket, key with { Port = FlowKey.AnyPort });
    }

    /// <summary>Whether a state on its way has a key, so that none here may get it meanwhile.</summary>
    public bool IsAway(FlowKey key) => Away.States.Exists(state => state.Flow.Wire == key || state.Flow.Stack == key);

    public FlowAdmission Insert(ulong id, in NewFlow flow, long now)
    {
        if (Collides(flow.Wire, FlowSide.Wire, flow.Bucket) || Collides(flow.Stack, FlowSide.Stack, flow.Bucket))
            return FlowAdmission.Collision;
        if (States.Count + Away.States.Count == limit) return FlowAdmission.StateLimit;
        return TryAdmit(new State { Id = id, Flow = flow, LastSeen = now, Seconds = flow.TimeoutSeconds })
            ? FlowAdmission.Admitted : FlowAdmission.TableFull;
    }

    public void Remove(ulong id)
    {
        NewFlow flow = States[id].Flow;
        States.Remove(id);
        _byKey[(flow.Wire, FlowSide.Wire)].Remove(id);
        _byKey[(flow.Stack, FlowSide.Stack)].Remove(id);
        Leave(flow.Wire);
        if (flow.Wire != flow.Stack) Leave(flow.Stack);
    }

    public bool CountAlias(FlowKey key, ushort bucket, ushort owner, int change, int onWire, bool isLent)
    {
        if (!Aliases.TryGetValue((key, owner), out Alias? alias))
            return TryAdmit(new Alias
            {
                Key = key, Bucket = bucket, Owner = owner, Wanted = isLent ? 0 : change, Lent = isLent ? change : 0,
                WantedOnWire = isLent ? 0 : onWire, LentOnWire = isLent ? onWire : 0,
            });
        if (isLent) (alias.Lent, alias.LentOnWire) = (alias.Lent + change, alias.LentOnWire + onWire);
        else (alias.Wanted, alias.WantedOnWire) = (alias.Wanted + change, alias.WantedOnWire + onWire);
        if (alias is { Wanted: 0, Lent: 0, WantedOnWire: 0, LentOnWire: 0 }) Remove(alias);
        return true;
    }

    /// <summary>What is in a bucket leaves, oldest first.</summary>
    public void Detach(ushort bucket)
    {
        Away = new Letter(
            [.. States.Values.Where(state => state.Flow.Bucket == bucket).OrderBy(state => state.Entered)],
            [.. Aliases.Values.Where(alias => alias.Bucket == bucket).OrderBy(alias => alias.Entered)]);
        Away.States.ForEach(state => Remove(state.Id));
        Away.Aliases.ForEach(Remove);
    }

    /// <summary>It comes back, as far as there is room by now. Answers the states that are lost, in order.</summary>
    public List<State> Attach()
    {
        List<State> lost = [.. Away.States.Where(state => !TryAdmit(state))];
        LostAliases += Away.Aliases.Count(alias =>
            (alias.Wanted, alias.WantedOnWire) != (0, 0)
            && !CountAlias(alias.Key, alias.Bucket, alias.Owner, alias.Wanted, alias.WantedOnWire, isLent: false));
        Away = new Letter([], []);
        return lost;
    }

    /// <summary>Those whose time is up by the tick of <paramref name="now"/>.</summary>
    public List<ulong> Expire(long now)
    {
        long tick = now / TimerTick.Nanoseconds;
        List<ulong> gone = [.. States.Values.Where(state => TickOf(state) <= tick).Select(state => state.Id)];
        gone.ForEach(Remove);
        return gone;
    }

    private static long TickOf(State state) => (state.End + TimerTick.Nanoseconds - 1) / TimerTick.Nanoseconds;

    private Found FindAt(FlowKey key, FlowSide side)
    {
        if (_byKey.GetValueOrDefault((key, side)) is { Count: > 0 } ids) return new Found([.. ids], []);
        return side == FlowSide.Wire ? new Found([], AliasesAt(key)) : Found.Nothing;
    }

    private int[] AliasesAt(FlowKey key) =>
        [.. FlowRig.OwnersOf(key).Where(owner => Aliases.TryGetValue((key, (ushort)owner), out Alias? alias) && alias.Count > 0)];

    private Found FindArrivingAt(ushort bucket, FlowKey key)
    {
        if (FindAtOf(bucket, key, FlowSide.Wire) is not 0 and ulong id) return new Found([id], []);
        int[] owners = bucket == FlowRig.SumOf(key) ? AliasesAt(key) : [];
        return new Found([], [.. owners.OrderBy(owner => IsOnWire(key, owner) ? 0 : 1).ThenBy(owner => owner).Take(1)]);
    }

    private bool IsOnWire(FlowKey key, int owner) => Aliases[(key, (ushort)owner)].OnWire > 0;

    private ulong FindAtOf(ushort bucket, FlowKey key, FlowSide side) =>
        _byKey.GetValueOrDefault((key, side))?.Find(id => States[id].Flow.Bucket == bucket) ?? 0;

    private bool Collides(FlowKey key, FlowSide side, ushort bucket) =>
        FindAtOf(bucket, key, side) != 0
        || (side == FlowSide.Wire && bucket == FlowRig.SumOf(key) && AliasesAt(key).Any(owner => IsOnWire(key, owner)));

    private void Remove(Alias alias)
    {
        Aliases.Remove((alias.Key, alias.Owner));
        Leave(alias.Key);
    }

    private bool TryAdmit(State state)
    {
        FlowKey wire = state.Flow.Wire, stack = state.Flow.Stack;
        if (States.Count == size.MaxStates || !TryEnter(wire)) return false;
        if (wire != stack && !TryEnter(stack))
        {
            Leave(wire);
            return false;
        }

        state.Entered = ++_entered;
        States.Add(state.Id, state);
        Note((wire, FlowSide.Wire), state.Id);
        Note((stack, FlowSide.Stack), state.Id);
        return true;
    }

    private void Note((FlowKey Key, FlowSide Side) key, ulong id)
    {
        if (!_byKey.TryGetValue(key, out List<ulong>? ids)) _byKey.Add(key, ids = []);
        ids.Add(id);
    }

    private bool TryAdmit(Alias alias)
    {
        if (Aliases.Count == size.MaxAliases || !TryEnter(alias.Key)) return false;
        alias.Entered = ++_entered;
        Aliases.Add((alias.Key, alias.Owner), alias);
        return true;
    }

    private bool TryEnter(FlowKey key)
    {
        PackedFlowKey packed = hash.Pack(key);
        int equal = _entries.GetValueOrDefault(packed);
        if (equal == FlowIndex.MaxEqual)
        {
            Crowded++;
            return false;
        }

        _entries[packed] = equal + 1;
        if (key.Port != FlowKey.AnyPort) BoundKeys++;
        MostEqual = Math.Max(MostEqual, equal + 1);
        return true;
    }

    private void Leave(FlowKey key)
    {
        PackedFlowKey packed = hash.Pack(key);
        if (--_entries[packed] == 0) _entries.Remove(packed);
        if (key.Port != FlowKey.AnyPort) BoundKeys--;
    }

    /// <summary>Either is empty.</summary>
    internal sealed record Found(ulong[] States, int[] Owners)
    {
        public static readonly Found Nothing = new([], []);

        public bool IsAny => States.Length + Owners.Length > 0;
    }

    /// <summary>Oldest first.</summary>
    internal sealed record Letter(List<State> States, List<Alias> Aliases);

    internal sealed class State
    {
        public required ulong Id { get; init; }
        public required NewFlow Flow { get; init; }
        public long LastSeen { get; set; }
        public uint Seconds { get; set; }
        public long Entered { get; set; }
        public long End => LastSeen + (Seconds * FlowRig.Second);
    }

    internal sealed class Alias
    {
        public required FlowKey Key { get; init; }
        public required ushort Bucket { get; init; }
        public required ushort Owner { get; init; }
        public required int Wanted { get; set; }
        public required int Lent { get; set; }
        public required int WantedOnWire { get; set; }
        public required int LentOnWire { get; set; }
        public int Count => Wanted + Lent;
        public int OnWire => WantedOnWire + LentOnWire;
        public long Entered { get; set; }
    }
}

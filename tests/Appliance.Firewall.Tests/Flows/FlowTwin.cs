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
    private readonly Dictionary<(FlowKey Key, FlowSide Side), ulong> _byKey = [];
    private readonly Dictionary<PackedFlowKey, int> _entries = [];
    private long _entered;

    public Dictionary<ulong, State> States { get; } = [];

    public Dictionary<FlowKey, Alias> Aliases { get; } = [];

    /// <summary>What has left with its bucket and is not back yet.</summary>
    public Letter Away { get; private set; } = new([], []);

    /// <summary>Entries of one port only.</summary>
    public int BoundKeys { get; private set; }

    /// <summary>Entries that one packed key has had at some time, at most.</summary>
    public int MostEqual { get; private set; }

    /// <summary>Times that a key had as many as it may.</summary>
    public int Crowded { get; private set; }

    public int LostAliases { get; private set; }

    /// <summary>The state's id, or 0; or the alias's owner.</summary>
    public (ulong State, int Alias) Find(FlowKey key, FlowSide side)
    {
        (ulong State, int Alias) bound = key.Port == FlowKey.AnyPort ? (0, -1) : FindAt(key, side);
        return bound != (0, -1) ? bound : FindAt(key with { Port = FlowKey.AnyPort }, side);
    }

    /// <summary>Whether something on its way has a key, so that nothing here may get it meanwhile.</summary>
    public bool IsAway(FlowKey key) =>
        Away.Aliases.Exists(alias => alias.Key == key) || Away.States.Exists(state => state.Flow.Wire == key || state.Flow.Stack == key);

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
        _byKey.Remove((flow.Wire, FlowSide.Wire));
        _byKey.Remove((flow.Stack, FlowSide.Stack));
        Leave(flow.Wire);
        if (flow.Wire != flow.Stack) Leave(flow.Stack);
    }

    public FlowAdmission AddAlias(FlowKey key, ushort bucket, ushort owner)
    {
        if (_byKey.TryGetValue((key, FlowSide.Wire), out ulong id) && States[id].Flow.Bucket != owner) return FlowAdmission.Collision;
        if (Aliases.TryGetValue(key, out Alias? there)) return there.Owner == owner ? FlowAdmission.Admitted : FlowAdmission.Collision;
        return TryAdmit(new Alias { Key = key, Bucket = bucket, Owner = owner }) ? FlowAdmission.Admitted : FlowAdmission.TableFull;
    }

    public bool RemoveAlias(FlowKey key, ushort owner)
    {
        if (!Aliases.TryGetValue(key, out Alias? alias) || alias.Owner != owner) return false;
        Aliases.Remove(key);
        Leave(key);
        return true;
    }

    /// <summary>What is in a bucket leaves, oldest first.</summary>
    public void Detach(ushort bucket)
    {
        Away = new Letter(
            [.. States.Values.Where(state => state.Flow.Bucket == bucket).OrderBy(state => state.Entered)],
            [.. Aliases.Values.Where(alias => alias.Bucket == bucket).OrderBy(alias => alias.Entered)]);
        Away.States.ForEach(state => Remove(state.Id));
        Away.Aliases.ForEach(alias => RemoveAlias(alias.Key, alias.Owner));
    }

    /// <summary>It comes back, as far as there is room by now. Answers the states that are lost, in order.</summary>
    public List<State> Attach()
    {
        List<State> lost = [.. Away.States.Where(state => !TryAdmit(state))];
        LostAliases += Away.Aliases.Count(alias => !TryAdmit(alias));
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

    private (ulong State, int Alias) FindAt(FlowKey key, FlowSide side)
    {
        if (_byKey.TryGetValue((key, side), out ulong id)) return (id, -1);
        return (0, side == FlowSide.Wire && Aliases.TryGetValue(key, out Alias? alias) ? alias.Owner : -1);
    }

    private bool Collides(FlowKey key, FlowSide side, ushort bucket)
    {
        (ulong state, int alias) = FindAt(key, side);
        return state != 0 || (alias >= 0 && alias != bucket);
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
        _byKey.Add((wire, FlowSide.Wire), state.Id);
        _byKey.Add((stack, FlowSide.Stack), state.Id);
        return true;
    }

    private bool TryAdmit(Alias alias)
    {
        if (Aliases.Count == size.MaxAliases || !TryEnter(alias.Key)) return false;
        alias.Entered = ++_entered;
        Aliases.Add(alias.Key, alias);
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
        public long Entered { get; set; }
    }
}

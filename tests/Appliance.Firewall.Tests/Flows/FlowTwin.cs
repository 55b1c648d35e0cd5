using Appliance.Engine;

namespace Appliance.Firewall.Tests;

/// <summary>A state table as one would write it who has all the time and memory: dictionaries, and a look at everything.</summary>
internal sealed class FlowTwin
{
    private readonly Dictionary<(FlowKey Key, FlowSide Side), ulong> _byKey = [];
    private readonly Dictionary<FlowKey, (ushort Bucket, ushort Owner)> _aliases = [];

    public SortedDictionary<ulong, State> States { get; } = [];

    public Dictionary<FlowKey, (ushort Bucket, ushort Owner)> Aliases => _aliases;

    public int Entries => States.Values.Sum(state => state.Flow.Wire == state.Flow.Stack ? 1 : 2) + _aliases.Count;

    /// <summary>The state's id, or 0; or the alias's owner.</summary>
    public (ulong State, int Alias) Find(FlowKey key, FlowSide side)
    {
        (ulong State, int Alias) bound = key.Port == FlowKey.AnyPort ? (0, -1) : FindAt(key, side);
        return bound != (0, -1) ? bound : FindAt(key with { Port = FlowKey.AnyPort }, side);
    }

    public FlowAdmission Insert(ulong id, in NewFlow flow, long now, int limit)
    {
        if (Collides(flow.Wire, FlowSide.Wire, flow.Bucket) || Collides(flow.Stack, FlowSide.Stack, flow.Bucket))
            return FlowAdmission.Collision;
        if (States.Count == limit) return FlowAdmission.StateLimit;
        States.Add(id, new State { Flow = flow, LastSeen = now, Seconds = flow.TimeoutSeconds });
        _byKey.Add((flow.Wire, FlowSide.Wire), id);
        _byKey.Add((flow.Stack, FlowSide.Stack), id);
        return FlowAdmission.Admitted;
    }

    public void Remove(ulong id)
    {
        NewFlow flow = States[id].Flow;
        States.Remove(id);
        _byKey.Remove((flow.Wire, FlowSide.Wire));
        _byKey.Remove((flow.Stack, FlowSide.Stack));
    }

    public FlowAdmission AddAlias(FlowKey key, ushort bucket, ushort owner)
    {
        if (_byKey.TryGetValue((key, FlowSide.Wire), out ulong id) && States[id].Flow.Bucket != owner) return FlowAdmission.Collision;
        if (_aliases.TryGetValue(key, out (ushort Bucket, ushort Owner) alias))
            return alias.Owner == owner ? FlowAdmission.Admitted : FlowAdmission.Collision;
        _aliases.Add(key, (bucket, owner));
        return FlowAdmission.Admitted;
    }

    public bool RemoveAlias(FlowKey key, ushort owner) =>
        _aliases.TryGetValue(key, out (ushort Bucket, ushort Owner) alias) && alias.Owner == owner && _aliases.Remove(key);

    /// <summary>Those whose time is up by the tick of <paramref name="now"/>.</summary>
    public List<ulong> Expire(long now)
    {
        long tick = now / TimerTick.Nanoseconds;
        List<ulong> gone = [.. States.Where(pair => TickOf(pair.Value) <= tick).Select(pair => pair.Key)];
        gone.ForEach(Remove);
        return gone;
    }

    private static long TickOf(State state) => (state.End + TimerTick.Nanoseconds - 1) / TimerTick.Nanoseconds;

    private (ulong State, int Alias) FindAt(FlowKey key, FlowSide side)
    {
        if (_byKey.TryGetValue((key, side), out ulong id)) return (id, -1);
        return (0, side == FlowSide.Wire && _aliases.TryGetValue(key, out (ushort Bucket, ushort Owner) alias) ? alias.Owner : -1);
    }

    private bool Collides(FlowKey key, FlowSide side, ushort bucket)
    {
        (ulong state, int alias) = FindAt(key, side);
        return state != 0 || (alias >= 0 && alias != bucket);
    }

    internal sealed class State
    {
        public required NewFlow Flow { get; init; }
        public long LastSeen { get; set; }
        public uint Seconds { get; set; }
        public long End => LastSeen + (Seconds * FlowRig.Second);
    }
}

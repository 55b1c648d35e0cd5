using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Random operations on a table and on its twin, whose answers must be the same: every admission and every refusal, everything that ends,
/// and everything that is found. For a while, again and again, a bucket is away, and what is here meanwhile takes up its room.
/// </summary>
internal sealed class FlowTwinRun : IDisposable
{
    private const int Limit = 300, MaxStates = 295, MaxAliases = 400;

    private readonly FlowRig _rig;
    private readonly FlowTwin _twin;
    private readonly Random _random;
    private readonly Dictionary<ulong, int> _indices = [];
    private readonly SortedDictionary<string, int> _seen = [];
    private (ushort Bucket, object? Letter)? _away;
    private bool _canBind, _isFilling;
    private long _now;
    private ulong _lastId;

    /// <param name="seed">Of what is done.</param>
    /// <param name="digestMask">The shorter, the more IPv6 keys are one to the index.</param>
    public FlowTwinRun(int seed, ulong digestMask)
    {
        _random = new Random(seed);
        _rig = new FlowRig(MaxStates, new StateLimits(Limit, AdaptiveTimeouts.Off), maxAliases: MaxAliases, digestMask: digestMask);
        _twin = new FlowTwin(_rig.Hash, new FlowTableSize(MaxStates, MaxAliases, FlowRig.Buckets), Limit);
    }

    /// <summary>How often what has happened, by what it was.</summary>
    public IReadOnlyDictionary<string, int> Seen => _seen;

    public int MostEqual => _twin.MostEqual;

    /// <param name="canBind">Otherwise nothing new is bound to a port: bound keys are looked for apart.</param>
    /// <param name="isFilling">Time stands nearly still, so that states become as many as there may be.</param>
    public void Operate(bool canBind, bool isFilling)
    {
        (_canBind, _isFilling) = (canBind, isFilling);
        switch (_random.Next(16))
        {
            case < 5: Insert(); break;
            case < 8: FindBatch(); break;
            case < 10: Remove(); break;
            case < 12: Touch(); break;
            case 12: Expire(); break;
            case 13 when _away is null: MoveOut(_random.Next(2) == 0 ? DrawBucket() : (ushort)_random.Next(FlowRig.Buckets)); break;
            case 13: MoveIn(); break;
            default: CountAlias(); break;
        }

        MustBe((_twin.States.Count, _twin.States.Count + _twin.Away.States.Count), (_rig.Table.Count, _rig.Limits.Count));
        MustBe((_twin.Aliases.Count, (long)_twin.LostAliases), (_rig.Table.AliasCount, _rig.Table.LostAliases));
        MustBe(_twin.BoundKeys, _rig.Table.BoundKeyCount);
        MustBe(_twin.States.Count == 0, _rig.Table.NextDeadline == MonotonicTime.Never);
    }

    /// <summary>Everything is taken out by hand, and nothing is left.</summary>
    public void Empty()
    {
        if (_away is not null) MoveIn();
        foreach (ulong id in _indices.Keys.ToList()) RemoveState(id);
        foreach (FlowTwin.Alias alias in _twin.Aliases.Values.ToList())
        {
            MustCount(alias, -alias.WantedOnWire, isLent: false, FlowSide.Wire);
            MustCount(alias, alias.WantedOnWire - alias.Wanted, isLent: false, FlowSide.Stack);
            MustCount(alias, -alias.LentOnWire, isLent: true, FlowSide.Wire);
            MustCount(alias, alias.LentOnWire - alias.Lent, isLent: true, FlowSide.Stack);
        }

        Assert.Equal((0, 0, 0), (_rig.Limits.Count, _rig.Table.AliasCount, _rig.Table.BoundKeyCount));
    }

    public void Dispose() => _rig.Dispose();

    private void Insert()
    {
        FlowKey wire = FlowRig.DrawKey(_random, _canBind);
        FlowKey stack = _random.Next(2) == 0 ? wire : FlowRig.DrawKey(_random, _canBind) with { Family = wire.Family, Port = wire.Port };
        var flow = new NewFlow(wire, stack, FlowDirection.Out, DrawBucket(), (uint)_random.Next(1, 100));
        if (_twin.IsAway(wire) || _twin.IsAway(stack)) return;
        ulong id = ++_lastId;
        int crowded = _twin.Crowded;
        FlowAdmission expected = _twin.Insert(id, flow, _now);
        FlowAdmission admission = _rig.Table.TryInsert(flow, new MonotonicTime(_now), out int index);
        Assert.Equal(expected, admission);
        Count($"state {(_twin.Crowded > crowded ? "crowded" : admission)}");
        if (admission != FlowAdmission.Admitted) return;
        ref FlowRecord state = ref _rig.Table[index];
        Assert.Equal((0ul, 0ul), (state.Id, state.ForwardPackets));
        Assert.Equal(
            (FlowRecord.Nobody, FlowRecord.NoBucket, FlowRecord.NoBucket),
            (state.Partner, state.AliasBucket(FlowSide.Wire), state.AliasBucket(FlowSide.Stack)));
        Assert.Equal((wire, stack, wire != stack), (state.Wire, state.Stack, state.IsTranslated));
        state.Id = id;
        state.ForwardPackets = id;
        state.Tracker.As<ulong>() = id;
        _indices.Add(id, index);
    }

    private void FindBatch()
    {
        FlowSide side = _random.Next(2) == 0 ? FlowSide.Wire : FlowSide.Stack;
        FlowKey[] keys = [.. Enumerable.Range(0, _random.Next(1, 150)).Select(_ => FlowRig.DrawKey(_random))];
        var hits = new FlowHit[keys.Length];
        _rig.Table.Lookup(keys, side, hits);
        FlowKey[] v4 = [.. keys.Where(key => !key.IsV6)];
        var packedHits = new FlowHit[v4.Length];
        _rig.Table.Lookup(v4.Select(key => FlowRig.Pack(key)).ToArray(), side, packedHits);
        for (int i = 0, next = 0; i < keys.Length; i++)
        {
            FlowTwin.Found expected = _twin.Find(keys[i], side);
            MustBe(expected, hits[i]);
            FlowHit own = _rig.Table.FindOf((ushort)(i % FlowRig.Buckets), keys[i], side);
            MustBe(_twin.FindOf((ushort)(i % FlowRig.Buckets), keys[i], side), own.IsState ? _rig.Table[own.Index].Id : 0);
            MustBe(expected, _rig.Table.Find(keys[i], side));
            ushort arrival = _random.Next(2) == 0 ? FlowRig.SumOf(keys[i]) : DrawBucket();
            MustBe(_twin.FindArriving(arrival, keys[i]), _rig.Table.FindArriving(arrival, keys[i]));
            if (!keys[i].IsV6) MustBe(expected, packedHits[next++]);
        }
    }

    /// <summary>Asked so often that only what differs is worth a comparison that can explain itself.</summary>
    private static void MustBe<T>(T expected, T actual) where T : struct, IEquatable<T>
    {
        if (!expected.Equals(actual)) Assert.Equal(expected, actual);
    }

    private void MustBe(FlowTwin.Found expected, FlowHit hit)
    {
        MustBe(expected.States.Length > 0, hit.IsState);
        if (hit.IsState) Assert.Contains(_rig.Table[hit.Index].Id, expected.States);
        MustBe(expected.Owners.Length > 0, hit.IsAlias);
        if (hit.IsAlias) Assert.Contains(_rig.Table.Alias(hit.Index).Owner, expected.Owners);
    }

    private void Remove()
    {
        if (TryDraw(out ulong id)) RemoveState(id);
    }

    private void RemoveState(ulong id)
    {
        Assert.Equal(id, _rig.Table[_indices[id]].Tracker.As<ulong>());
        Assert.Equal(id, _rig.Table[_indices[id]].ForwardPackets);
        _rig.Ended.Clear();
        _rig.Table.Remove(_indices[id]);
        Assert.Equal([(id, FlowEnd.Removed)], _rig.Ended);
        _indices.Remove(id);
        _twin.Remove(id);
    }

    private void Touch()
    {
        if (!TryDraw(out ulong id)) return;
        FlowTwin.State state = _twin.States[id];
        state.LastSeen = _now;
        if (_random.Next(2) == 0) state.Seconds = (uint)_random.Next(1, 100);
        _rig.Table.Touch(_indices[id], new MonotonicTime(_now), state.Seconds);
        Assert.Equal(new MonotonicTime(state.End), _rig.Table.ExpiresAt(_indices[id]));
    }

    /// <summary>Time goes on, now and then by less than a tick, so that what has ended within one is told from what has not.</summary>
    private void Expire()
    {
        _now += _random.NextInt64(_isFilling || _random.Next(4) == 0 ? TimerTick.Nanoseconds : 5 * FlowRig.Second);
        _rig.Ended.Clear();
        foreach ((ulong id, FlowTwin.State state) in _twin.States)
            MustBe(state.End <= _now, _rig.Table.IsExpired(_indices[id], new MonotonicTime(_now)));
        _rig.ExpireAll(_now);
        List<ulong> gone = _twin.Expire(_now);
        Assert.Equal(gone.Select(id => (id, FlowEnd.Expired)).Order(), _rig.Ended.Order());
        gone.ForEach(id => _indices.Remove(id));
        Count("expired", gone.Count);
    }

    /// <summary>A bucket leaves, and its keys are not found.</summary>
    private void MoveOut(ushort bucket)
    {
        _twin.Detach(bucket);
        _away = (bucket, _rig.Table.Detach(bucket));
        Assert.Equal(_twin.Away.States.Count == 0 && _twin.Away.Aliases.Count == 0, _away.Value.Letter is null);
        foreach (FlowTwin.State state in _twin.Away.States)
        {
            _indices.Remove(state.Id);
            MustBe(_twin.Find(state.Flow.Stack, FlowSide.Stack), _rig.Table.Find(state.Flow.Stack, FlowSide.Stack));
        }
    }

    /// <summary>It comes back, and everything is that has found room.</summary>
    private void MoveIn()
    {
        List<FlowTwin.State> members = _twin.Away.States;
        int lostAliases = _twin.LostAliases;
        List<FlowTwin.State> lost = _twin.Attach();
        _rig.Ended.Clear();
        _rig.Table.Attach(_away!.Value.Bucket, _away.Value.Letter);
        _away = null;
        Assert.Equal(lost.Select(state => (state.Id, FlowEnd.Lost)), _rig.Ended);
        foreach (FlowTwin.State state in members.Except(lost))
        {
            FlowHit hit = _rig.Table.FindOf(_twin.States[state.Id].Flow.Bucket, state.Flow.Stack, FlowSide.Stack);
            MustBe(state.Id, hit.IsState ? _rig.Table[hit.Index].Id : 0);
            Assert.Equal(new MonotonicTime(state.End), _rig.Table.ExpiresAt(hit.Index));
            _indices[state.Id] = hit.Index;
        }

        Count("moved", members.Count - lost.Count);
        Count("lost", lost.Count);
        Count("alias lost", _twin.LostAliases - lostAliases);
    }

    /// <summary>
    /// States want an alias, or want it no more, the latter now and then first; some of that only until the bucket leaves.
    /// </summary>
    private void CountAlias()
    {
        FlowKey key = FlowRig.DrawKey(_random, _canBind);
        ushort bucket = FlowRig.SumOf(key), owner = (ushort)FlowRig.OwnersOf(key)[_random.Next(2)];
        bool isLent = _random.Next(4) == 0;
        int change = _random.Next(2) == 0 ? 1 : -1;
        FlowSide side = _random.Next(2) == 0 ? FlowSide.Wire : FlowSide.Stack;
        int crowded = _twin.Crowded;
        bool expected = _twin.CountAlias(key, bucket, owner, change, side == FlowSide.Wire ? change : 0, isLent);
        Assert.Equal(expected, TryCount(key, bucket, owner, change, isLent, side));
        Count($"alias {(_twin.Crowded > crowded ? "crowded" : expected ? "counted" : "no room")}");
    }

    private void MustCount(FlowTwin.Alias alias, int change, bool isLent, FlowSide side)
    {
        for (; change != 0; change -= Math.Sign(change))
            Assert.True(TryCount(alias.Key, alias.Bucket, alias.Owner, Math.Sign(change), isLent, side));
    }

    private bool TryCount(FlowKey key, ushort bucket, ushort owner, int change, bool isLent, FlowSide side) => change > 0
        ? _rig.Table.TryAddAlias(key, bucket, owner, isLent, side)
        : _rig.Table.TryRemoveAlias(key, bucket, owner, isLent, side);

    /// <summary>One of those that have states. In many of them one key would have more entries than a search counts.</summary>
    private ushort DrawBucket() => (ushort)(_random.Next(3) * 7);

    private bool TryDraw(out ulong id)
    {
        id = _twin.States.Count == 0 ? 0 : _twin.States.ElementAt(_random.Next(_twin.States.Count)).Key;
        return id != 0;
    }

    private void Count(string what, int times = 1) => _seen[what] = _seen.GetValueOrDefault(what) + times;
}

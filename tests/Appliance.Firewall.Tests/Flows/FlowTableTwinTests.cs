using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Random operations on the table and on its twin, which must always agree.</summary>
public sealed class FlowTableTwinTests : IDisposable
{
    private const int Limit = 300;
    /// <summary>With digests of IPv6 keys so short that they meet.</summary>
    private readonly FlowRig _rig = new(Limit + 20, new StateLimits(Limit, AdaptiveTimeouts.Off), digestMask: 0x3f);

    private readonly FlowTwin _twin = new();
    private readonly Dictionary<ulong, int> _indices = [];
    private readonly Random _random = new(TestSize.Seed(21));
    private bool _canBind;
    private long _now;
    private ulong _lastId;
    private int _refusals;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void The_table_does_what_its_twin_does()
    {
        int operations = TestSize.Of(person: 100_000, server: 100_000, soak: 20_000_000);
        for (int i = 0; i < operations; i++)
        {
            _canBind = i * 4L / operations % 2 == 0;                    // for some time without bound states, which are looked for apart
            switch (_random.Next(16))
            {
                case < 5: Insert(); break;
                case < 8: FindBatch(); break;
                case < 10: Remove(); break;
                case < 12: Touch(); break;
                case 12: Expire(); break;
                case 13: MoveOut(); break;
                case 14: AddAlias(); break;
                default: RemoveAlias(); break;
            }

            Assert.Equal(_twin.States.Count, _rig.Table.Count);
            Assert.Equal(_twin.States.Count, _rig.Limits.Count);
            Assert.Equal(_twin.Aliases.Count, _rig.Table.AliasCount);
            Assert.Equal(_twin.States.Count == 0, _rig.Table.NextDeadline == MonotonicTime.Never);
        }

        Assert.InRange(_refusals, 0, operations / 10_000);
        foreach (ulong id in _indices.Keys.ToList()) RemoveState(id);
        foreach ((FlowKey key, (ushort _, ushort owner)) in _twin.Aliases) Assert.True(_rig.Table.TryRemoveAlias(key, owner));
        Assert.Equal((0, 0, 0), (_rig.Limits.Count, _rig.Table.AliasCount, _rig.Table.BoundKeyCount));
    }

    private void Insert()
    {
        FlowKey wire = FlowRig.DrawKey(_random, _canBind);
        FlowKey stack = _random.Next(2) == 0 ? wire : FlowRig.DrawKey(_random, _canBind) with { Family = wire.Family, Port = wire.Port };
        var flow = new NewFlow(wire, stack, FlowDirection.Out, (ushort)_random.Next(FlowRig.Buckets), (uint)_random.Next(1, 100));
        ulong id = ++_lastId;
        FlowAdmission admission = _rig.Table.TryInsert(flow, new MonotonicTime(_now), out int index);
        if (admission == FlowAdmission.TableFull)
        {
            _refusals++;                        // no room where its hash leads: the twin has no such place
            return;
        }

        Assert.Equal(_twin.Insert(id, flow, _now, Limit), admission);
        if (admission != FlowAdmission.Admitted) return;
        ref FlowRecord state = ref _rig.Table[index];
        Assert.Equal((0ul, 0ul), (state.Id, state.ForwardPackets));
        Assert.Equal((FlowRecord.Nobody, FlowRecord.NoBucket), (state.Partner, state.AliasBucket));
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
            (ulong State, int Alias) expected = _twin.Find(keys[i], side);
            Assert.Equal(expected, Describe(hits[i]));
            Assert.Equal(expected, Describe(_rig.Table.Find(keys[i], side)));
            if (!keys[i].IsV6) Assert.Equal(expected, Describe(packedHits[next++]));
        }
    }

    private (ulong State, int Alias) Describe(FlowHit hit)
    {
        if (hit.IsState) return (_rig.Table[hit.Index].Id, -1);
        return (0, hit.IsAlias ? _rig.Table.Alias(hit.Index).Owner : -1);
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

    private void Expire()
    {
        _now += _random.NextInt64(5 * FlowRig.Second);
        _rig.Ended.Clear();
        foreach ((ulong id, FlowTwin.State state) in _twin.States)
            Assert.Equal(state.End <= _now, _rig.Table.IsExpired(_indices[id], new MonotonicTime(_now)));
        _rig.ExpireAll(_now);
        List<ulong> gone = _twin.Expire(_now);
        Assert.Equal(gone.Select(id => (id, FlowEnd.Expired)).Order(), _rig.Ended.Order());
        gone.ForEach(id => _indices.Remove(id));
    }

    /// <summary>A bucket leaves, and its keys are not found; it comes back, and everything is.</summary>
    private void MoveOut()
    {
        ushort bucket = (ushort)_random.Next(FlowRig.Buckets);
        List<ulong> members = [.. _twin.States.Where(pair => pair.Value.Flow.Bucket == bucket).Select(pair => pair.Key)];
        int aliases = _twin.Aliases.Count(pair => pair.Value.Bucket == bucket);
        object? letter = _rig.Table.Detach(bucket);
        Assert.Equal(members.Count == 0 && aliases == 0, letter is null);
        Assert.Equal(_twin.States.Count - members.Count, _rig.Table.Count);
        Assert.Equal(_twin.Aliases.Count - aliases, _rig.Table.AliasCount);
        foreach (ulong id in members)
        {
            FlowHit hit = _rig.Table.Find(_twin.States[id].Flow.Stack, FlowSide.Stack);
            Assert.False(hit.IsState && _rig.Table[hit.Index].Id == id);
        }

        _rig.Table.Attach(bucket, letter);
        foreach (ulong id in members)
        {
            _indices[id] = _rig.Table.Find(_twin.States[id].Flow.Stack, FlowSide.Stack).Index;
            Assert.Equal(id, _rig.Table[_indices[id]].Id);
        }
    }

    private void AddAlias()
    {
        FlowKey key = FlowRig.DrawKey(_random, _canBind);
        ushort bucket = (ushort)_random.Next(FlowRig.Buckets), owner = (ushort)_random.Next(FlowRig.Buckets);
        FlowAdmission admission = _rig.Table.TryAddAlias(key, bucket, owner);
        if (admission == FlowAdmission.TableFull) _refusals++;
        else Assert.Equal(_twin.AddAlias(key, bucket, owner), admission);
    }

    private void RemoveAlias()
    {
        if (_twin.Aliases.Count == 0) return;
        (FlowKey key, (ushort _, ushort owner)) = _twin.Aliases.ElementAt(_random.Next(_twin.Aliases.Count));
        if (_random.Next(4) == 0) owner++;
        Assert.Equal(_twin.RemoveAlias(key, owner), _rig.Table.TryRemoveAlias(key, owner));
    }

    private bool TryDraw(out ulong id)
    {
        id = _twin.States.Count == 0 ? 0 : _twin.States.ElementAt(_random.Next(_twin.States.Count)).Key;
        return id != 0;
    }
}

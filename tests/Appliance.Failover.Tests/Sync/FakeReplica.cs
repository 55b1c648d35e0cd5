using System.Buffers.Binary;
using Appliance.Engine;

namespace Appliance.Failover.Tests;

/// <summary>
/// States of a box without a firewall, all buckets of it; workers that share it take turns. The plainest that keeps the promises of
/// <see cref="IFlowReplica"/>.
/// </summary>
internal sealed class FakeReplica(int streams) : IFlowReplica
{
    public const int RecordLength = 12;

    private readonly SortedDictionary<uint, FakeState>[] _states =
        [.. Enumerable.Range(0, streams).Select(_ => new SortedDictionary<uint, FakeState>())];

    /// <summary>Keys that this box cannot take, as if it lacked their port.</summary>
    public Func<uint, bool> Refuses { get; set; } = _ => false;

    public MonotonicTime DoubtedBefore { get; private set; }

    /// <summary>Bytes that a record has beside its own.</summary>
    public int Padding { get; init; }

    public IReadOnlyDictionary<uint, FakeState> this[int stream] => _states[stream];

    public int Count => _states.Sum(states => states.Count);

    public bool Has(int bucket) => true;

    public byte[] Make(int stream, uint key, uint life) => Put(stream, new FakeState(key, life, 1) { IsOwn = true });

    public byte[] Change(int stream, uint key) =>
        Put(stream, _states[stream][key] with { Version = _states[stream][key].Version + 1, IsOwn = true });

    public byte[] End(int stream, uint key)
    {
        _states[stream].Remove(key, out FakeState? state);
        return Record(state!);
    }

    public FlowAdoption Adopt(int bucket, FlowChange change, ReadOnlySpan<byte> record, MonotonicTime now)
    {
        if (record.Length < RecordLength) return FlowAdoption.Malformed;
        uint key = BinaryPrimitives.ReadUInt32BigEndian(record);
        uint life = BinaryPrimitives.ReadUInt32BigEndian(record[4..]), version = BinaryPrimitives.ReadUInt32BigEndian(record[8..]);
        if (Refuses(key)) return FlowAdoption.UnknownPort;
        bool isHere = _states[bucket].TryGetValue(key, out FakeState? here);
        if (change == FlowChange.Ended)
        {
            if (!isHere || here!.Life != life) return FlowAdoption.Missing;
            _states[bucket].Remove(key);
            return FlowAdoption.Removed;
        }

        if (!isHere && change == FlowChange.Changed) return FlowAdoption.Missing;
        if (isHere && (here!.Life, here.Version).CompareTo((life, version)) > 0)
        {
            _states[bucket][key] = here with { IsTold = true };
            return FlowAdoption.Older;
        }

        _states[bucket][key] = new FakeState(key, life, version) { IsTold = true };
        return isHere ? FlowAdoption.Refreshed : FlowAdoption.Adopted;
    }

    public void Doubt(MonotonicTime before) => DoubtedBefore = before;

    public void BeginWhole(int bucket)
    {
        foreach (FakeState state in _states[bucket].Values.ToArray()) _states[bucket][state.Key] = state with { IsTold = false };
    }

    public int EndWhole(int bucket)
    {
        uint[] gone = [.. _states[bucket].Values.Where(state => !state.IsTold && !state.IsOwn).Select(state => state.Key)];
        foreach (uint key in gone) _states[bucket].Remove(key);
        return gone.Length;
    }

    public int Export(int bucket, ref ulong cursor, Span<byte> into)
    {
        foreach ((uint key, FakeState state) in _states[bucket])
        {
            if (key < cursor) continue;
            cursor = key + 1ul;
            byte[] record = Record(state);
            record.CopyTo(into);
            return record.Length;
        }

        return 0;
    }

    /// <summary>Of what lasts: which states there are, not how far they have come.</summary>
    public ulong DigestOf(int bucket)
    {
        ulong sum = 0;
        foreach (FakeState state in _states[bucket].Values) sum += Mix(((ulong)state.Key << 32) | state.Life);
        return sum;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 31)) * 0x7fb5_d329_728e_a185;
        value = (value ^ (value >> 27)) * 0x81da_def4_bc2d_d44d;
        return value ^ (value >> 33);
    }

    private byte[] Put(int stream, FakeState state)
    {
        _states[stream][state.Key] = state;
        return Record(state);
    }

    private byte[] Record(FakeState state)
    {
        byte[] record = new byte[RecordLength + Padding];
        BinaryPrimitives.WriteUInt32BigEndian(record, state.Key);
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(4), state.Life);
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(8), state.Version);
        return record;
    }
}

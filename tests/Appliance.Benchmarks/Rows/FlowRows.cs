using System.Diagnostics;
using System.Runtime.InteropServices;
using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Peers;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Ports.Linux;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rows;

/// <summary>Finding states by key, in random order and in batches as the data path has them; and what making one state takes.</summary>
internal sealed class FlowRows : IBenchmarkRows
{
    private const int Lookups = 1 << 20;
    private const int Seed = 31;
    private const int Insertions = 200_000;
    private const string Peer = "rte_hash_lookup_bulk_data";
    private static readonly MonotonicTime Now = new(1);
    private readonly FlowHit[] _hits = new FlowHit[DpdkPeer.BatchSize];
    private FlowTable? _table;

    public string Subject => "flows";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        yield return Compare("flow look-up, 64k", 1 << 16, new Bar(Peer, 2.5, 4.0), peerIsPresent);
        yield return Compare("flow look-up, 1M", 1_000_000, new Bar(Peer, 1.5, 2.2), peerIsPresent);
        MeasureInsertions(1_000_000);
        yield return Compare("flow look-up, 1k", 1000, null, peerIsPresent);
        yield return CompareIpv6("flow look-up, 64k, IPv6", 1 << 16);
    }

    public void Dispose() => _table?.Dispose();

    private static FlowKey KeyOf(int i, bool isV6 = false)
    {
        // Clients of 10/8 that go out by random ports to port 443 of random servers: 17, 16 and 32 bits that differ.
        ulong mixed = (ulong)i * 0x9e37_79b9_7f4a_7c15;
        UInt128 prefix = isV6 ? new UInt128(0x2001_0db8_0000_0000, 0) : 0;
        return new FlowKey(
            isV6, IpProtocol.Tcp, prefix + 0x0a00_0000u + (uint)(i >> 3), (ushort)(1024 + (mixed >> 52) + ((ulong)(i & 7) << 13)),
            prefix + (uint)(mixed >> 16), 443);
    }

    private static PackedFlowKey Pack(in FlowKey key) =>
        PackedFlowKey.OfIpv4(key.Protocol, (uint)key.Outside, key.OutsidePort, (uint)key.Inside, key.InsidePort);

    private FlowTable Fill(int count, int room, bool isV6 = false)
    {
        _table?.Dispose();
        var silent = new Silent();
        _table = new FlowTable(
            new FlowTableSize(room, 1024, 128), new StateLimits(room, AdaptiveTimeouts.Off), KeyedRandom.FromSeed(Seed), silent, silent,
            Now, MappedMemory.HugePages);
        for (int i = 0; i < count; i++)
        {
            if (Insert(_table, KeyOf(i, isV6)) != i) throw new InvalidOperationException($"state {i} was refused");
        }

        return _table;
    }

    private static int Insert(FlowTable table, in FlowKey key)
    {
        var flow = new NewFlow(key, key, FlowDirection.In, (ushort)(key.Outside & 127), 86_400);
        return table.TryInsert(flow, Now, out int index) == FlowAdmission.Admitted ? index : -1;
    }

    private Comparison Compare(string name, int count, Bar? bar, bool peerIsPresent)
    {
        FlowTable table = Fill(count, count);
        int[] order = DrawOrder(count);
        PackedFlowKey[] keys = [.. order.Select(i => Pack(KeyOf(i)))];
        var ours = new Contender("FlowTable.Lookup", keys.Length, () => Run(table, keys));
        if (!peerIsPresent) return new Comparison(name, "look-up", ours, [], bar);
        BuildAndVerifyPeer(table, count, keys);
        var theirs = new Contender(Peer, keys.Length, () => DpdkPeer.RunHash(MemoryMarshal.AsBytes<PackedFlowKey>(keys), keys.Length));
        return new Comparison(name, "look-up", ours, [theirs], bar);
    }

    private Comparison CompareIpv6(string name, int count)
    {
        FlowTable table = Fill(count, count, isV6: true);
        FlowKey[] keys = [.. DrawOrder(count).Select(i => KeyOf(i, isV6: true))];
        return new Comparison(name, "look-up", new Contender("FlowTable.Lookup", keys.Length, () => RunIpv6(table, keys)), []);
    }

    private void Run(FlowTable table, PackedFlowKey[] keys)
    {
        for (int i = 0; i < keys.Length; i += DpdkPeer.BatchSize)
            table.Lookup(keys.AsSpan(i, DpdkPeer.BatchSize), FlowSide.Wire, _hits);
    }

    private void RunIpv6(FlowTable table, FlowKey[] keys)
    {
        for (int i = 0; i < keys.Length; i += DpdkPeer.BatchSize)
            table.Lookup(keys.AsSpan(i, DpdkPeer.BatchSize), FlowSide.Wire, _hits);
    }

    private static int[] DrawOrder(int count)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, Lookups).Select(_ => random.Next(count))];
    }

    private static void BuildAndVerifyPeer(FlowTable table, int count, PackedFlowKey[] keys)
    {
        PackedFlowKey[] all = [.. Enumerable.Range(0, count).Select(i => Pack(KeyOf(i)))];
        int refused = DpdkPeer.CreateHash(MemoryMarshal.AsBytes<PackedFlowKey>(all), count);
        if (refused != 0) throw new InvalidOperationException($"the peer refused keys ({refused})");

        // Half of the probes are no state's, so that misses are compared as well.
        PackedFlowKey[] probes = [.. keys, .. Enumerable.Range(count, Lookups).Select(i => Pack(KeyOf(i)))];
        var hits = new FlowHit[probes.Length];
        var theirs = new int[probes.Length];
        table.Lookup(probes, FlowSide.Wire, hits);
        DpdkPeer.LookupHash(MemoryMarshal.AsBytes<PackedFlowKey>(probes), probes.Length, theirs);
        AnswersDifferException.ThrowUnlessEqual([.. hits.Select(hit => hit.IsMiss ? 0 : hit.Index + 1)], theirs, Peer);
    }

    /// <summary>
    /// Each by itself, while the table grows to its size and then while as many end as are made, the clock's own cost included. What the
    /// worst take is mostly the machine's: pages of memory touched for the first time, other processes.
    /// </summary>
    private void MeasureInsertions(int count)
    {
        FlowTable table = Fill(0, count + 1);
        var warm = new long[count];
        for (int i = 0; i < count; i++) warm[i] = TimeInsertion(table, i);
        Console.WriteLine($"inserting {count:N0} states one by one: {Percentiles(warm)}");
        var steady = new long[Insertions];
        for (int i = 0; i < Insertions; i++)
        {
            table.Remove(i);
            steady[i] = TimeInsertion(table, count + i);
        }

        Console.WriteLine($"inserting into {count:N0} states: {Percentiles(steady)}");
        MeasureMove(table);
        Console.WriteLine($"memory with {table.Count:N0} states: {(double)table.MemoryBytes / table.Count:F0} bytes a state");
    }

    private static void MeasureMove(FlowTable table)
    {
        int before = table.Count;
        long start = Stopwatch.GetTimestamp();
        object? letter = table.Detach(5);
        TimeSpan leaving = Stopwatch.GetElapsedTime(start);
        int states = before - table.Count;
        start = Stopwatch.GetTimestamp();
        table.Attach(5, letter);
        TimeSpan joining = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(
            $"a bucket of {states:N0} states leaves in {leaving.TotalMicroseconds / states:F2} µs a state, joins in "
            + $"{joining.TotalMicroseconds / states:F2}");
    }

    private static long TimeInsertion(FlowTable table, int i)
    {
        FlowKey key = KeyOf(i);
        long start = Stopwatch.GetTimestamp();
        int index = Insert(table, key);
        long ticks = Stopwatch.GetTimestamp() - start;
        return index >= 0 ? ticks : throw new InvalidOperationException($"state {i} was refused");
    }

    private static string Percentiles(long[] ticks)
    {
        Array.Sort(ticks);
        string Of(double share) => $"{Stopwatch.GetElapsedTime(0, ticks[(int)(share * (ticks.Length - 1))]).TotalMicroseconds:F2}";
        return $"median {Of(0.5)} µs, p99 {Of(0.99)}, p99.9 {Of(0.999)}, worst {Of(1)} (p99 must be <= 10)";
    }

    private sealed class Silent : IFlowObserver, IFlowSteering
    {
        public void Ended(int index, ref FlowRecord state, FlowEnd why)
        {
        }

        public ushort BucketOf(in FlowKey arriving, bool isReply) => 0;
    }
}

using System.Diagnostics;
using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Rules;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// What a new connection costs by rules: 10,000 beside 10 and 1,000, in the shapes that rule bases have, and beside going through them
/// one by one; and a look into a table of a million prefixes.
/// </summary>
internal sealed class RulesetRows : IBenchmarkRows
{
    private const int PacketCount = 4096;
    private const int Seed = 4748;
    private const int TableEntries = 1_000_000;

    public string Subject => "rules";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        yield return Compare(count => new GatewayRules(count, Seed));
        yield return Compare(count => new FloatingRules(count, Seed));
        yield return Compare(count => new BlockListRules(count, Seed));
        yield return new Comparison(
            "rules, 1,000, one by one", "packet", Create(new GatewayRules(1_000, Seed)), [CreateTwin(new GatewayRules(1_000, Seed))]);
        yield return CompareTable();
    }

    public void Dispose()
    {
    }

    /// <summary>10,000 rules cost at most twice what 10 cost: ours must be at least half as fast as the "peer" of 10 rules.</summary>
    private static Comparison Compare(Func<int, RuleShape> create)
    {
        Contender ten = Create(create(10)), thousand = Create(create(1_000)), tenThousand = Create(create(10_000));
        return new Comparison($"rules, {create(10).Name}", "packet", tenThousand, [thousand, ten], new Bar(ten.Name, Must: 0.5, Aim: 0.7));
    }

    private static Contender Create(RuleShape set)
    {
        int count = set.List.Count;
        long start = Stopwatch.GetTimestamp();
        CompiledRules rules = CompiledRules.Compile(set.List);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        string size = $"{rules.MemoryBytes >> 10:N0} KiB";
        if (count > 1_000) Console.WriteLine($"{set.Name}: {count:N0} rules, compiled in {took.TotalMilliseconds:F0} ms to {size}");
        var matcher = new CompiledEvaluator(rules, new NoRoutes(), KeyedRandom.FromSeed(1));
        DrawnPacket[] packets = set.DrawPackets(PacketCount);
        Verify(matcher, new NaiveEvaluator(set.List, new NoRoutes(), KeyedRandom.FromSeed(1)), packets);
        return new Contender($"compiled, {count} rules", PacketCount, () => Run(matcher, packets));
    }

    private static Contender CreateTwin(RuleShape set)
    {
        var matcher = new NaiveEvaluator(set.List, new NoRoutes(), KeyedRandom.FromSeed(1));
        DrawnPacket[] packets = set.DrawPackets(PacketCount)[..64];
        return new Contender($"one by one, {set.List.Count} rules", packets.Length, () => Run(matcher, packets));
    }

    private static void Run(IRuleMatcher matcher, DrawnPacket[] packets)
    {
        var match = new RuleMatch();
        foreach (ref readonly DrawnPacket packet in packets.AsSpan()) matcher.Evaluate(packet.View(), ref match);
    }

    private static void Verify(CompiledEvaluator ours, NaiveEvaluator twin, DrawnPacket[] packets)
    {
        int[] found = [.. packets.Take(512).Select(packet => Decide(ours, packet.View()))];
        int[] expected = [.. packets.Take(512).Select(packet => Decide(twin, packet.View()))];
        AnswersDifferException.ThrowUnlessEqual(found, expected, "the rules one by one");
    }

    private static int Decide(IRuleMatcher matcher, in PacketView packet)
    {
        var match = new RuleMatch();
        matcher.Evaluate(packet, ref match);
        return match.Rule;
    }

    private static Comparison CompareTable()
    {
        var random = new Random(Seed);
        var table = new AddressTable("million", TableEntries);
        var members = new HashSet<uint>();
        while (members.Count < TableEntries) members.Add((uint)random.NextInt64(1L << 32));
        table.Add(members.Select(member => new TableEntry(new IpPrefix(new Ipv4Address(member), 32))));
        UInt128[] addresses = [.. Enumerable.Range(0, 1 << 16).Select(_ => (UInt128)(uint)random.NextInt64(1L << 32))];
        var set = new Contender("HashSet<uint>, 10^6 addresses", addresses.Length, () => CountIn(members, addresses));
        var ours = new Contender("AddressTable, 10^6 addresses", addresses.Length, () => CountIn(table, addresses));
        return new Comparison("table look-up, random", "look-up", ours, [set]);
    }

    private static int CountIn(AddressTable table, UInt128[] addresses)
    {
        int count = 0;
        foreach (UInt128 address in addresses)
            if (table.Contains(address, isV6: false)) count++;
        return count;
    }

    private static int CountIn(HashSet<uint> set, UInt128[] addresses)
    {
        int count = 0;
        foreach (UInt128 address in addresses)
            if (set.Contains((uint)address)) count++;
        return count;
    }
}

using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Rules;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// What a new connection costs by rules: 10,000 beside 10 and 1,000, and all beside going through them one by one; and a look into a
/// table of a million prefixes.
/// </summary>
internal sealed class RulesetRows : IBenchmarkRows
{
    private const int PacketCount = 4096;
    private const int Seed = 4748;
    private const int TableEntries = 1_000_000;

    public string Subject => "rules";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        Contender ten = Create(10), thousand = Create(1_000), tenThousand = Create(10_000);
        // 10,000 rules cost at most twice what 10 cost: ours must be at least half as fast as the "peer" of 10 rules.
        yield return new Comparison("rules, 10,000 beside fewer", "packet", tenThousand, [thousand, ten],
            new Bar(ten.Name, Must: 0.5, Aim: 0.7));
        yield return new Comparison("rules, 1,000, one by one", "packet", thousand, [CreateTwin(1_000)]);
        yield return CompareTable();
    }

    public void Dispose()
    {
    }

    private static Contender Create(int rules)
    {
        var set = new GatewayRules(rules, Seed);
        var matcher = new CompiledEvaluator(CompiledRules.Compile(set.List), new NoRoutes(), KeyedRandom.FromSeed(1));
        PacketView[] packets = set.DrawPackets(PacketCount);
        Verify(matcher, new NaiveEvaluator(set.List, new NoRoutes(), KeyedRandom.FromSeed(1)), packets);
        return new Contender($"compiled, {rules} rules", PacketCount, () => Run(matcher, packets));
    }

    private static Contender CreateTwin(int rules)
    {
        var set = new GatewayRules(rules, Seed);
        var matcher = new NaiveEvaluator(set.List, new NoRoutes(), KeyedRandom.FromSeed(1));
        PacketView[] packets = set.DrawPackets(PacketCount)[..64];
        return new Contender($"one by one, {rules} rules", packets.Length, () => Run(matcher, packets));
    }

    private static void Run(IRuleMatcher matcher, PacketView[] packets)
    {
        var match = new RuleMatch();
        foreach (ref readonly PacketView packet in packets.AsSpan()) matcher.Evaluate(packet, ref match);
    }

    private static void Verify(CompiledEvaluator ours, NaiveEvaluator twin, PacketView[] packets)
    {
        int[] found = [.. packets.Take(512).Select(packet => Decide(ours, packet))];
        int[] expected = [.. packets.Take(512).Select(packet => Decide(twin, packet))];
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

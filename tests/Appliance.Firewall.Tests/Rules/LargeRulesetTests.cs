using Appliance.Benchmarks.Rules;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Thousands of rules in the shapes that people write them: enough for every kind of table and bucket of the index, where the random
/// rules of <see cref="DifferentialTests"/> are few and close together.
/// </summary>
public sealed class LargeRulesetTests(ITestOutputHelper output)
{
    private const int MostBytesOfARule = 256;       // of the index; it takes about 50 to 90

    [Theory]
    [InlineData("gateway")]
    [InlineData("by hand")]
    [InlineData("block list")]
    public void Engine_and_twin_agree_on_thousands_of_rules(string shape)
    {
        int rules = TestSize.Of(person: 2_000, server: 5_000, soak: 10_000), packets = rules;
        RuleShape drawn = Draw(shape, rules, TestSize.Seed(8061));
        var twin = new NaiveEvaluator(drawn.List, new NoRoutes(), KeyedRandom.FromSeed(7));
        CompiledRules compiled = CompiledRules.Compile(drawn.List);
        var engine = new CompiledEvaluator(compiled, new NoRoutes(), KeyedRandom.FromSeed(7));
        int decided = 0;
        foreach (DrawnPacket packet in drawn.DrawPackets(packets))
        {
            PacketView view = packet.View();
            string expected = Judgement.Of(twin, view);
            Assert.Equal(expected, Judgement.Of(engine, view));
            if (!expected.Contains("by 0 in", StringComparison.Ordinal)) decided++;
        }

        Assert.Equal(twin.Evaluations, engine.Counters.Evaluations());
        Assert.True(decided * 2 > packets, "the packets meet too few rules");
        Assert.True(compiled.MemoryBytes < (long)MostBytesOfARule * rules, $"{compiled.MemoryBytes} bytes of {rules} rules");
        output.WriteLine($"{drawn.Name}: {rules} rules in {compiled.TableCount} tables and {compiled.MemoryBytes >> 10} KiB, "
            + $"{decided * 100 / packets} % of {packets} packets decided by another than the first");
    }

    private static RuleShape Draw(string shape, int rules, int seed) => shape switch
    {
        "gateway" => new GatewayRules(rules, seed),
        "by hand" => new FloatingRules(rules, seed),
        _ => new BlockListRules(rules, seed),
    };
}

using System.Globalization;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Rulesets of random lines that differ in little: what is loaded together is what is loaded alone, line by line, and each rule of it
/// decides as it does alone (CVE-2026-4748: rules that a hash took for equal were dropped when a ruleset was loaded).
/// </summary>
public sealed class ManyRulesTests(ITestOutputHelper output)
{
    private const int Lines = 200;
    private const string Tables = "table <some> { 10.1.2.5 192.0.2.0/28 }\ntable <other> { 10.1.2.6 192.0.2.0/28 }\n";

    private static readonly KeyedRandom Secret = KeyedRandom.FromSeed(1);

    private static readonly string[] Hosts =
    [
        "any", "10.1.2.3", "! 10.1.2.3", "10.1.2.0/24", "10.1.2.3 - 10.1.2.9", "10.1.2.3 - 10.1.2.8", "10.1.2.4 - 10.1.2.9", "192.0.2.7",
        "192.0.2.0/24", "192.0.2.1 - 192.0.2.9", "192.0.2.1 - 192.0.2.7", "<some>", "! <some>", "<other>",
    ];

    private static readonly string[] Ports =
    [
        "", " port 53", " port 54", " port 50:53", " port 50:54", " port 50 >< 54", " port 50 <> 54", " port != 53", " port > 53",
        " port >= 53",
    ];

    [Fact]
    public void What_is_loaded_together_is_what_is_loaded_alone()
    {
        int seed = TestSize.Seed(4748), rulesets = TestSize.Of(person: 30, server: 300, soak: 3000), equal = 0, decided = 0;
        for (int number = 0; number < rulesets; number++)
        {
            var random = new Random((seed * 1000) + number);
            var drawn = new List<string>();
            while (drawn.Count < Lines) drawn.Add(random.Next(8) > 0 || drawn.Count == 0 ? Draw(random) : Pick(random, [.. drawn]));
            string[] lines = [.. drawn];
            ResolvedRuleset together = Gateway.Good(Tables + string.Join('\n', lines) + "\n");
            Assert.Equal(Lines, together.Filter.Count);
            var plain = new NaiveEvaluator(together.Filter, new Gateway(), Secret);
            var compiled = new CompiledEvaluator(CompiledRules.Compile(together.Filter), new Gateway(), Secret);
            string[] packets = [.. Enumerable.Range(0, 40).Select(_ => Packet(random))];
            int[] last = [.. packets.Select(_ => RuleMatch.DefaultRule)];
            for (int i = 0; i < Lines; i++)
            {
                ResolvedRuleset alone = Gateway.Good(Tables + lines[i] + "\n");
                Assert.Equal(Assert.Single(alone.Origins).Text, together.Origins[i].Text);
                var matcher = new NaiveEvaluator(alone.Filter, new Gateway(), Secret);
                for (int packet = 0; packet < packets.Length; packet++)
                    if (Decide(matcher, alone, packets[packet]) == 0) last[packet] = i;
            }

            equal += lines.Length - lines.Distinct(StringComparer.Ordinal).Count();
            for (int packet = 0; packet < packets.Length; packet++)
            {
                Assert.Equal((packets[packet], last[packet]), (packets[packet], Decide(plain, together, packets[packet])));
                Assert.Equal((packets[packet], last[packet]), (packets[packet], Decide(compiled, together, packets[packet])));
                if (last[packet] != RuleMatch.DefaultRule) decided++;
            }
        }

        output.WriteLine($"{rulesets} rulesets of {Lines} lines, {equal} lines repeat another, {decided} packets decided; seed {seed}");
        Assert.True(equal > rulesets && decided > 10 * rulesets);
    }

    private static int Decide(IRuleMatcher matcher, ResolvedRuleset ruleset, string packet)
    {
        var match = new RuleMatch();
        matcher.Evaluate(Gateway.Read(packet, ruleset), ref match);
        return match.Rule;
    }

    private static string Draw(Random random)
    {
        string protocol = Pick(random, ["tcp", "udp"]);
        return $"{Pick(random, ["pass", "block"])} {Pick(random, ["in", "out"])} on {Pick(random, ["wan", "lan"])} inet proto {protocol} "
            + $"from {Pick(random, Hosts)}{Pick(random, Ports)} to {Pick(random, Hosts)}{Pick(random, Ports)}";
    }

    private static string Packet(Random random)
    {
        string protocol = Pick(random, ["tcp", "udp"]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Pick(random, ["in", "out"])} {Pick(random, ["wan", "lan"])} {protocol} 10.1.2.{random.Next(2, 11)}:{random.Next(49, 56)} "
                + $"> 192.0.2.{random.Next(0, 11)}:{random.Next(49, 56)}{(protocol == "tcp" ? " flags S" : "")}");
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}

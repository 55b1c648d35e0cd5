using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>The compiled rules and their twin, on random rules and packets.</summary>
public sealed partial class DifferentialTests(ITestOutputHelper output)
{
    private static readonly KeyedRandom Lots = KeyedRandom.FromSeed(7);

    [Theory]
    [InlineData(RuleOrder.LastMatch)]
    [InlineData(RuleOrder.FirstMatch)]
    public void Engine_and_twin_never_disagree(RuleOrder order)
    {
        int size = TestSize.Of(person: 300, server: 2_000, soak: 10_000), seed = TestSize.Seed(4748);
        long decided = 0, paused = 0, gathered = 0, all = 0;
        int tables = 0;
        for (int ruleset = 0; ruleset < size; ruleset++)
        {
            var random = new RandomRules((seed * 1_000_003) + (2 * ruleset) + (int)order);
            List<Rule> rules = random.DrawRules(order);
            var pair = new Pair(RuleList.Create(order, rules));
            tables = Math.Max(tables, pair.TableCount);
            for (int i = 0; i < size; i++)
            {
                PacketView packet = random.DrawPacket((ulong)i);
                string expected = Judgement.Of(pair.Twin, packet), found = Judgement.Of(pair.Engine, packet);
                all++;
                if (!expected.Contains("by -1", StringComparison.Ordinal)) decided++;
                if (expected.StartsWith("at", StringComparison.Ordinal)) paused++;
                if (Gathered().IsMatch(expected)) gathered++;
                if (expected != found) Fail(rules, order, packet, $"seed {seed}, ruleset {ruleset}, packet {i}");
                if (i == size / 2) random.Tables[0].Replace([random.DrawEntry(), random.DrawEntry(), random.DrawEntry()]);
            }

            pair.AssertEqualCounters($"seed {seed}, ruleset {ruleset}");
        }

        output.WriteLine($"{order}: {size} rulesets, {size} packets each, {decided * 100 / all} % decided by a rule, "
            + $"{gathered * 100 / all} % met match rules, {paused * 100 / all} % were translated on the way, "
            + $"up to {tables} tables; seed {seed}");
        Assert.True(decided * 2 > all, "the packets meet too few rules");
        bool isVaried = gathered * 10 > all && paused * 50 > all;
        Assert.True(isVaried || order == RuleOrder.FirstMatch, "too few packets meet match rules or are translated on the way");
    }

    [GeneratedRegex(@"\dg")]
    private static partial Regex Gathered();

    /// <summary>Throws rules away as long as the answers still differ.</summary>
    private static void Fail(List<Rule> rules, RuleOrder order, PacketView packet, string where)
    {
        var left = new List<Rule>(rules);
        for (int i = left.Count - 1; i >= 0; i--)
        {
            Rule rule = left[i];
            left.RemoveAt(i);
            if (Agree(left, out _)) left.Insert(i, rule);
        }

        for (int i = 0; i < left.Count; i++)
            for (int inner = left[i].IsAnchor ? left[i].Body.Length - 1 : -1; inner >= 0; inner--)
            {
                Rule whole = left[i];
                left[i] = whole with { Body = whole.Body.RemoveAt(inner) };
                if (Agree(left, out _)) left[i] = whole;
            }

        Agree(left, out string difference);
        Assert.Fail($"{where}\n{packet}\n{string.Join("\n", Lines(left, ""))}\n{difference}");

        bool Agree(List<Rule> some, out string difference)
        {
            var pair = new Pair(RuleList.Create(order, some));
            string expected = Judgement.Of(pair.Twin, packet), found = Judgement.Of(pair.Engine, packet);
            difference = $"twin:   {expected}\nengine: {found}";
            return expected == found;
        }
    }

    private static IEnumerable<string> Lines(IEnumerable<Rule> rules, string indent) =>
        rules.SelectMany(rule => new[] { indent + rule }.Concat(rule.IsAnchor ? Lines(rule.Body, indent + "    ") : []));

    /// <summary>Both evaluators of one list.</summary>
    private sealed class Pair(RuleList list)
    {
        public NaiveEvaluator Twin { get; } = new(list, RoutesOfTest.Instance, Lots);
        public CompiledEvaluator Engine { get; } = new(CompiledRules.Compile(list), RoutesOfTest.Instance, Lots);
        public int TableCount => Engine.Compiled.TableCount;

        public void AssertEqualCounters(string where)
        {
            long[] evaluations = Engine.Counters.Evaluations();
            Assert.True(Twin.Evaluations.SequenceEqual(evaluations),
                $"{where}: evaluations\n{string.Join(' ', Twin.Evaluations)}\n{string.Join(' ', evaluations)}");
            Assert.Equal(evaluations, Twin.Counters.Evaluations());
            ImmutableArray<RuleDirection> directions = [RuleDirection.In, RuleDirection.Out];
            foreach (RuleDirection direction in directions)
                for (int rule = 0; rule < list.Count; rule++)
                {
                    Assert.Equal(Twin.Counters.Packets(rule, direction), Engine.Counters.Packets(rule, direction));
                    Assert.Equal(Twin.Counters.Bytes(rule, direction), Engine.Counters.Bytes(rule, direction));
                }
        }
    }
}

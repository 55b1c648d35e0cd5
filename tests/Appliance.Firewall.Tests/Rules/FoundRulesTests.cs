using System.Runtime.Intrinsics;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class FoundRulesTests
{
    [Fact]
    public void Rules_come_out_in_order_and_once()
    {
        var random = new Random(3);
        var found = new FoundRules(RuleList.MaximumRules, groups: 25);
        for (int round = 0; round < 500; round++)
        {
            int count = random.Next(round % 2 == 0 ? 20 : 200), most = random.Next(2) == 0 ? 100 : RuleList.MaximumRules;
            int[] rules = [.. Enumerable.Range(0, count).Select(_ => random.Next(most))];
            Vector256<uint> least = Vector256<uint>.AllBitsSet;
            for (int i = 0; i < count; i++)
            {
                found.Places[i] = (uint)rules[i];
                least = FoundRules.Insert(least, (uint)rules[i]);
            }

            least.CopyTo(found.Least);
            found.Take(count);
            int last = random.Next(3) == 0 ? random.Next(most) : -1;
            List<int> expected = [.. rules.Where(rule => rule > last).Distinct().Order()];
            if (random.Next(3) == 0) expected.RemoveRange(0, expected.Count / 2);             // and the rest is left behind
            var taken = new List<int>();
            int skip = rules.Where(rule => rule > last).Distinct().Count() - expected.Count;
            while (found.TryTake(last, out int rule))
            {
                last = rule;
                if (skip-- <= 0) taken.Add(rule);
                if (taken.Count * 2 > expected.Count && round % 3 == 0) break;
            }

            Assert.Equal(expected.Take(taken.Count), taken);
            Assert.True(round % 3 == 0 || taken.Count == expected.Count);
        }
    }
}

using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>
/// Rules that differ in one thing only (CVE-2026-4748: pf's hash left address ranges out, so that such rules counted as one and the second
/// was dropped): each is there, each decides on what it alone means.
/// </summary>
public sealed class DuplicateRulesTests
{
    private const string Head = Boxes.Edge + Boxes.Ruleset;

    /// <summary>What differs: rule number i says {0}; frame number i is what it means.</summary>
    public static TheoryData<string, string> Differences => new()
    {
        { "source range", "from 192.168.1.{0} - 192.168.1.{1} to any" },
        { "source address", "from 192.168.1.{0} to any" },
        { "destination range", "from any to 198.51.100.{0} - 198.51.100.{1}" },
        { "destination prefix", "from any to 198.51.100.{0}/31" },
        { "source port range", "from any port {2}:{3} to any" },
        { "destination port", "from any to any port {2}" },
        { "destination port operator", "from any to any port {2} >< {4}" },
        { "table", "from <t{0}> to any" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Each_rule_decides_on_what_it_alone_means(string what, string form)
    {
        bool isTable = what == "table";
        int[] numbers = [.. Enumerable.Range(1, 60).Select(i => 2 * i)];
        string tables = isTable ? string.Concat(numbers.Select(i => $"table <t{i}> const {{ 192.168.1.{i} }}\n")) : "";
        string rules = string.Concat(numbers.Select(i =>
            $"pass in quick on lan proto udp {string.Format(null, form, i, i + 1, 1000 + i, 1001 + i, 1002 + i)} no state label r{i}\n"));
        foreach (int vcpus in (int[])[1, 4])
        {
            using var box = new Box(Head + tables + "block all\npass out on wan no state\n" + rules, vcpus);
            Assert.Equal(62, box.Node.ReadRules().Length);
            foreach (int i in numbers)
            {
                int own = what == "destination port operator" ? i + 1 : i;
                ushort port = (ushort)(1000 + own);
                byte[] frame = TestFrames.Ipv4(
                    what.StartsWith("source", StringComparison.Ordinal) || isTable ? $"192.168.1.{i}" : Boxes.LanHost,
                    what.StartsWith("destination", StringComparison.Ordinal) ? $"198.51.100.{i}" : Boxes.Outside,
                    TestTransport.Udp(port, port, 8));
                box.Send("lan", frame).Forwarded("wan");
                Assert.Equal(1, box.Node.ReadRules().Single(rule => rule.Id == $"r{i}").Packets);
            }
        }
    }

    /// <summary>The same rule twice is two rules: quick or last, the one that pf would name is named.</summary>
    [Fact]
    public void Equal_rules_are_not_folded_into_one()
    {
        using var box = new Box(Head + """
            pass out on wan no state
            pass in on lan proto udp no state label same
            pass in on lan proto udp no state label same
            pass in on lan proto udp no state label same

            """);
        box.Send("lan", NatTests.Udp(Boxes.LanHost, 1, Boxes.Outside, 1)).Forwarded("wan");
        Assert.Equal([0, 0, 1], box.Node.ReadRules()[1..].Select(rule => rule.Packets));
        Assert.Equal(["same", "same#2", "same#3"], box.Node.ReadRules()[1..].Select(rule => rule.Id));
    }

    /// <summary>Block and pass that differ in their range alone: the last that means the packet wins, whichever stands first.</summary>
    [Theory]
    [InlineData("block", "pass", true)]
    [InlineData("pass", "block", false)]
    public void A_range_within_a_range_is_a_rule_of_its_own(string outer, string inner, bool passes)
    {
        foreach (int vcpus in (int[])[1, 4])
        {
            using var box = new Box(Head + $"""
                pass out on wan no state
                {outer} in on lan proto udp from 192.168.1.2 - 192.168.1.99 to any
                {inner} in on lan proto udp from 192.168.1.20 - 192.168.1.29 to any

                """, vcpus);
            for (int host = 2; host <= 99; host++)
            {
                Seen seen = box.Send("lan", NatTests.Udp($"192.168.1.{host}", 1, Boxes.Outside, 1));
                if (host is >= 20 and <= 29 == passes) Assert.Single(seen.LeftBy("wan"));
                else seen.MustBeDropped("block");
            }
        }
    }
}

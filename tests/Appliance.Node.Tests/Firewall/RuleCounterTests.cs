using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>What rules count, of all workers added up.</summary>
public sealed class RuleCounterTests
{
    private const string Gate = """
        block all
        match in on lan label seen
        pass in on lan proto udp to port 53 label dns
        anchor "way" out on wan {
          pass out on wan label "out"
        }

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Packets_of_a_state_count_with_its_rule_its_anchor_and_its_match_rules(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Gate, vcpus);
        for (ushort port = 5000; port < 5010; port++)
        {
            box.Send("lan", Query(port)).Forwarded("wan");
            box.Send("wan", Answer(port)).Forwarded("lan");
        }

        box.Send("lan", Query(6000, to: 99)).MustBeDropped("block");
        Assert.Equal(
            [
                "box.pf.conf:1 evaluations 21 packets 1 bytes 36 created 0 states 0",
                "seen evaluations 21 packets 21 bytes 756 created 10 states 10",
                "dns evaluations 21 packets 20 bytes 720 created 10 states 10",
                "box.pf.conf:4 evaluations 21 packets 20 bytes 720 created 10 states 10",
                "out evaluations 10 packets 20 bytes 720 created 10 states 10",
            ],
            Lines(box));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_state_counts_for_its_rule_while_it_lives_wherever_its_bucket_goes(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Gate, vcpus);
        var random = new Random(3);
        for (ushort port = 5000; port < 5100; port++)
        {
            box.Send("lan", Query(port)).Forwarded("wan");
            box.Node.TryMoveBuckets(new Engine.IndirectionTable(
                [.. box.Node.Steering.Table.Owners.Select(_ => (ushort)random.Next(vcpus))]));
            box.Node.StepUntilIdle(box.Now);
        }

        Assert.Equal((100L, 100L), (box.Node.ReadRules()[2].StatesCreated, box.Node.ReadRules()[2].States));
        box.Wait(400_000_000_000);
        box.Node.StepUntilIdle(box.Now);
        Assert.Equal(0, box.Node.ReadAccounts().StatesCreated - box.Node.ReadAccounts().StatesEnded);
        Assert.All(box.Node.ReadRules(), rule => Assert.Equal(0, rule.States));
        Assert.Equal(100, box.Node.ReadRules()[4].StatesCreated);
    }

    [Fact]
    public void Another_ruleset_counts_from_nothing_and_states_of_the_last_do_not_count_with_it()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Gate);
        box.Send("lan", Query(5000)).Forwarded("wan");
        box.Node.Apply(Box.ModelOf(Boxes.Edge + Boxes.Ruleset + "pass all\n"));
        box.Node.StepUntilIdle(box.Now);
        box.Send("lan", Query(5000)).Forwarded("wan");
        Assert.Equal(["box.pf.conf:1 evaluations 0 packets 0 bytes 0 created 0 states 0"], Lines(box));
        box.Send("lan", Query(5001)).Forwarded("wan");
        Assert.Equal(["box.pf.conf:1 evaluations 2 packets 2 bytes 72 created 2 states 2"], Lines(box));
    }

    [Fact]
    public void Without_a_ruleset_there_are_none()
    {
        using var box = new Box(Boxes.Edge);
        Assert.Empty(box.Node.ReadRules());
    }

    private static string[] Lines(Box box) => [.. box.Node.ReadRules().Select(rule =>
        $"{rule.Id} evaluations {rule.Evaluations} packets {rule.Packets} bytes {rule.Bytes} "
            + $"created {rule.StatesCreated} states {rule.States}")];

    private static byte[] Query(ushort port, ushort to = 53) =>
        TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, to, 8));

    private static byte[] Answer(ushort port) => TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, port, 8));
}

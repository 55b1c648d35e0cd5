using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>
/// The same input gives the same files and the same JSON; another number of vCPUs the same frames, and each flow in the same order.
/// </summary>
public sealed class RepeatTests
{
    private static readonly (string Ports, byte[] Capture)[] Inputs =
    [
        ("lan", Capture(MixedTraffic.Timed(1, 4000))),
        ("wan", Capture(MixedTraffic.Timed(2, 1000))),
        ("lan,wan", Capture(MixedTraffic.Timed(3, 1000))),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_same_replay_twice_leaves_the_same_bytes(int vcpus)
    {
        Replayed one = Run(Boxes.Edge, vcpus, Inputs), other = Run(Boxes.Edge, vcpus, Inputs);
        Assert.Equal(one.Json, other.Json);
        Assert.Equal(one.Files, other.Files);
        Assert.True(one.Files["wan"].Length > 100_000, "Nearly nothing left, so nearly nothing was compared.");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(16)]
    public void Any_number_of_vcpus_sends_the_same_frames_and_keeps_the_order_of_each_flow(int vcpus)
    {
        Replayed one = Run(Boxes.Edge, 1, Inputs), other = Run(Boxes.Edge, vcpus, Inputs);
        Assert.Equal(one.Multiset(), other.Multiset());
        Assert.Equal(one.Flows(), other.Flows());
        Assert.Equal(one.Accounts.Drops, other.Accounts.Drops);
        Assert.Equal(one.Accounts.Ports, other.Accounts.Ports);
        Assert.Equal((one.Accounts.Consumed, one.Accounts.Generated), (other.Accounts.Consumed, other.Accounts.Generated));
        Assert.True(one.Flows().Values.Count(frames => frames.Length > 5) > 50, "There are too few flows to see an order in.");
    }

    [Fact]
    public void Vcpus_share_the_work_and_their_frames_sum_to_those_that_came_in()
    {
        Replayed replayed = Run(Boxes.Edge, 4, Inputs);
        Assert.Equal(6000, replayed.Accounts.Vcpus.Sum(vcpu => vcpu.Frames));
        Assert.All(replayed.Accounts.Vcpus, vcpu => Assert.InRange(vcpu.Frames, 300, 4000));
        Assert.Equal([0, 1, 2, 3], replayed.Accounts.Vcpus.Select(vcpu => vcpu.Id));
    }

    [Theory]
    [InlineData(null, "", 2)]
    [InlineData(null, "vcpus: 3\n", 3)]
    [InlineData(5, "vcpus: 3\n", 5)]
    public void The_command_line_beats_the_configuration_and_without_both_there_are_two_vcpus(int? asked, string configured,
        int expected) =>
        Assert.Equal(expected, Run(configured + Boxes.Edge, asked, Inputs[1]).Accounts.Vcpus.Length);

    [Fact]
    public void Other_bursts_change_no_frame()
    {
        Replayed one = Run(Boxes.Edge, 2, new ReplayOptions(1), Inputs), other = Run(Boxes.Edge, 2, new ReplayOptions(64, 1000), Inputs);
        Assert.Equal(one.Multiset(), other.Multiset());
        Assert.Equal(one.Flows(), other.Flows());
    }
}

using Xunit;
using static Appliance.Simulation.Tests.ScenarioWorld;

namespace Appliance.Simulation.Tests;

/// <summary>What goes wrong goes wrong for as long as it says, whatever else does.</summary>
public sealed class FaultTests
{
    [Fact]
    public void The_end_of_one_fault_leaves_what_another_does_to_the_same_wire()
    {
        using World world = Settled(new PairProfile());
        WireFaults wire = world.Cables[0].Faults[0];
        world.Happen(FaultKind.Cut, target: 0, lasts: 3 * Second);
        world.Happen(FaultKind.Partition, target: 0, lasts: Second);
        world.Happen(FaultKind.Lossy, target: 0, lasts: 4 * Second, amount: 10);
        world.Happen(FaultKind.Lossy, target: 0, lasts: 2 * Second, amount: 300);
        world.RunFor(Millisecond);
        Assert.Equal((true, 300), (wire.IsCut, wire.LossPerMille));
        world.RunFor(2 * Second);
        Assert.Equal((true, 10), (wire.IsCut, wire.LossPerMille));
        world.RunFor(Second);
        Assert.Equal((false, 10), (wire.IsCut, wire.LossPerMille));
        world.RunFor(Second);
        Assert.Equal((false, 0), (wire.IsCut, wire.LossPerMille));
    }

    [Fact]
    public void A_cable_that_two_have_pulled_is_back_when_both_have_put_it_back()
    {
        using World world = Settled(new PairProfile());
        world.Happen(FaultKind.Unplug, target: 0, lasts: 2 * Second, choice: PairConfiguration.Wan);
        world.Happen(FaultKind.Unplug, target: 0, lasts: Second, choice: PairConfiguration.Wan);
        world.RunFor(Second + Millisecond);
        Assert.True(world.Boxes[0].IsUnplugged(PairConfiguration.Wan));
        world.RunFor(Second);
        Assert.False(world.Boxes[0].IsUnplugged(PairConfiguration.Wan));
    }

    [Fact]
    public void A_fault_that_makes_frames_late_is_over_when_none_is_under_way()
    {
        using World world = Settled(new PairProfile());
        world.Happen(FaultKind.Late, target: 0, lasts: Second, amount: 2 * Second);
        world.RunFor(Second + Millisecond);
        Assert.Equal((0, false), (world.Cables[0].Faults[0].MaxDelayNanoseconds, world.Judge.IsQuiet));
        world.RunFor(2 * Second);
        Assert.True(world.Judge.IsQuiet);
    }
}

using Xunit;

namespace Appliance.Failover.Tests;

/// <summary>Who leads of two that rank alike, whatever each thinks that its address makes it.</summary>
public sealed class SyncTieTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public void One_leads_whatever_both_say(bool first, bool second, bool isSecondOlder)
    {
        var world = new SyncWorld(1, index => new SyncBox(index, 8, winsTies: index == 0 ? first : second));
        world.Boxes[0].Sync.BreaksTies = isSecondOlder ? null : false;
        world.Boxes[1].Sync.BreaksTies = isSecondOlder ? second : true;         // it goes by what it says itself
        world.Run(Second);
        Assert.True(world.Boxes[0].Sync.IsOpen && world.Boxes[1].Sync.IsOpen);
        Assert.True(world.Boxes[0].Sync.IsLeader != world.Boxes[1].Sync.IsLeader);
    }
}

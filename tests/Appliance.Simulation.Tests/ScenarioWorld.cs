using Appliance.Ports.Linux;
using Xunit;

namespace Appliance.Simulation.Tests;

/// <summary>A world of which a test says what happens.</summary>
internal static class ScenarioWorld
{
    public const long Second = Duration.Second, Millisecond = Duration.Millisecond;

    /// <summary>Box A has everything, at a moment that depends on the seed; people talk through it.</summary>
    public static World Settled(PairProfile profile, ulong seed = 1)
    {
        var world = new World(seed, profile, memory: MappedMemory.HugePages.Sparse);
        world.Begin();
        world.RunFor((8 * Second) + (long)(seed * 7_919 % 1000 * (ulong)Millisecond));
        Assert.Equal((0, 0), (world.MasterOf(0), world.MasterOf(1)));
        return world;
    }

    public static void RunFor(this World world, long nanoseconds) => world.RunTo(world.Now - World.Beginning + nanoseconds);

    /// <summary>Ends it, as a drill: nobody speaks any more, so what was said last reaches the peer. No checker has complained.</summary>
    public static void MustBeGood(this World world)
    {
        world.Users.Rest();
        world.RunFor(Second);
        world.Judge.AtEnd();
        Assert.True(world.Judge.Violations.Count == 0,
            $"{string.Join('\n', world.Judge.Violations)}\n\n{string.Join('\n', world.Timeline)}");
    }

    /// <summary>A fault that is over at its end.</summary>
    public static void Happen(this World world, FaultKind kind, int target, long lasts, long amount = 0, int choice = 0) =>
        new Fault(kind, world.Now - World.Beginning, lasts, target, amount, choice).Schedule(world);
}

using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>
/// A drill: a pair, its neighbours and everything that may go wrong, on a virtual clock, from one seed. The same seed and length give the
/// same drill, to the byte; several may run beside one another.
/// </summary>
public static class Drill
{
    /// <summary>Seconds that a drill lasts at least: a pair finds together, is troubled, and has time to recover.</summary>
    public const int LeastSeconds = 20;

    public const int MostSeconds = 3600;

    private const long Settling = 5 * Duration.Second, Recovering = 13 * Duration.Second, Resting = Duration.Second / 2;

    /// <summary>What is not looked at, and why, in sentences for who reads a result.</summary>
    public static IReadOnlyList<string> NotChecked { get; } =
    [
        "translated flows that outlive their master, of pairs without a lane: these do not share states",
        "translated flows while lan and wan have other masters, of pairs with neither lane nor preemption: carp(4) says so",
        "routed flows while, of such a pair, the master of one side has lost the cable of the other",
    ];

    /// <param name="seed">Whatever.</param>
    /// <param name="seconds">Virtual, <see cref="LeastSeconds"/> to <see cref="MostSeconds"/>.</param>
    /// <param name="memory">Of the boxes' tables: made and freed for each drill, so better of the kernel's than of the process.</param>
    public static DrillOutcome Run(ulong seed, int seconds, ITableMemory? memory = null) =>
        Run(seed, seconds, Flaw.None, memory, isRecorded: false);

    /// <summary>The same, and a picture of it.</summary>
    public static DrillOutcome Record(ulong seed, int seconds, ITableMemory? memory = null) =>
        Run(seed, seconds, Flaw.None, memory, isRecorded: true);

    /// <summary>
    /// Not drawn but written: a pair with a lane and translated flows in which each way to lose a master comes once, and the way back.
    /// </summary>
    public static DrillOutcome Rehearse(ITableMemory? memory = null)
    {
        var profile = new PairProfile { HeartbeatMilliseconds = 5, Translates = true, HasIpv6 = true };
        using var world = new World(seed: 1, profile, memory: memory);
        FaultKind[] kinds = [FaultKind.Kill, FaultKind.Stop, FaultKind.Maintenance, FaultKind.Freeze, FaultKind.Unplug];
        long at = Settling;
        foreach (FaultKind kind in kinds)
        {
            new Fault(kind, at, Duration.Second / 2, Target: 0).Schedule(world);
            at += 5 * Duration.Second;
        }

        world.Begin();
        world.RunTo(at);
        world.Judge.AtEnd();
        return DrillOutcome.Of(world);
    }

    internal static DrillOutcome Run(ulong seed, int seconds, Flaw flaw, ITableMemory? memory, bool isRecorded = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, LeastSeconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, MostSeconds);
        var chance = new WorldRandom(seed, stream: 0);
        var profile = PairProfile.Draw(chance, new WorldRandom(seed, stream: 3));
        long end = seconds * Duration.Second;
        using var world = new World(seed, profile, flaw, memory);
        if (isRecorded) world.Record();
        foreach (Fault fault in FaultPlan.Draw(chance, Settling, end - Recovering)) fault.Schedule(world);
        world.Begin();
        world.RunTo(end - Resting);
        world.Users.Rest();                                             // what was said last reaches the peer
        world.RunTo(end);
        world.Judge.AtEnd();
        return DrillOutcome.Of(world);
    }
}

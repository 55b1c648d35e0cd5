namespace Appliance.Interop.Live.Drills;

/// <summary>Things that are done one after the other, at the end of which the pair is as it was.</summary>
/// <param name="Name">By which a test is known.</param>
/// <param name="HasLane">Whether the two share a lane and states.</param>
/// <param name="Steps">For each time that it is done, from 0: where a cable is pulled goes by turns.</param>
internal sealed record DrillScenario(string Name, bool HasLane, Func<int, DrillStep[]> Steps)
{
    /// <summary>Milliseconds: what nobody announced, with a lane and without one.</summary>
    private const int Unplanned = 50, UnplannedAlone = 3500;

    public const string AloneName = "kill -9 without a lane";

    /// <summary>Those of a pair with a lane, in the order in which a round does them.</summary>
    public static readonly DrillScenario[] WithLane =
    [
        new("kill", true, _ => [new("kill -9", 1, Unplanned, pair => pair.Kill()), Return("return from kill")]),
        new("freeze", true, _ =>
        [
            new("SIGSTOP", 1, Unplanned, pair => pair.Freeze()),
            new("SIGCONT", 0, 0, pair => pair.Thaw()) { Wakes = true },
        ]),
        new("unplug", true, turn =>
        [
            new("port unplugged", 1, Unplanned, pair => pair.Unplug(turn)),
            new("plugged in again", 0, 0, pair => pair.Replug(turn)),
        ]),
        new("cut", true, _ => [new("sync link cut", 0, 0, pair => pair.CutSync()), new("sync link back", 0, 0, pair => pair.JoinSync())]),
        new("stop", true, _ => [new("SIGTERM", 1, 0, pair => pair.Stop()), Return("return from SIGTERM")]),
        new("maintenance", true, _ =>
        [
            new("maintenance on", 1, 0, pair => pair.SetMaintenance(true)),
            new("maintenance off", 0, 0, pair => pair.SetMaintenance(false)),
        ]),
    ];

    /// <summary>The control: CARP alone.</summary>
    public static readonly DrillScenario Alone = new(
        AloneName, false, _ => [new(AloneName, 1, UnplannedAlone, pair => pair.Kill()) { KeepsFlows = false }]);

    private static DrillStep Return(string name) => new(name, 0, 0, pair => pair.Start(0));
}

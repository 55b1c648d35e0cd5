using Appliance.Simulation;

namespace Appliance.Drills;

/// <summary>Many drills added up, in the order of their seeds.</summary>
internal sealed class DrillSums
{
    /// <summary>Failed drills that are kept whole; the others are counted.</summary>
    public const int MaxKept = 10;

    private readonly List<DrillOutcome> _failures = [];

    public long Runs { get; private set; }
    public long Failed { get; private set; }
    public long Events { get; private set; }
    public long Transitions { get; private set; }
    public long FlowsDone { get; private set; }
    public long FlowsExcused { get; private set; }

    /// <summary>Nanoseconds, of all drills.</summary>
    public long LongestWithoutMaster { get; private set; }
    public long LongestWithTwo { get; private set; }

    /// <summary>The first of those that failed.</summary>
    public IReadOnlyList<DrillOutcome> Failures => _failures;

    public void Add(DrillOutcome outcome)
    {
        Runs++;
        Events += outcome.Events;
        Transitions += outcome.Transitions;
        FlowsDone += outcome.FlowsDone;
        FlowsExcused += outcome.FlowsExcused;
        LongestWithoutMaster = Math.Max(LongestWithoutMaster, outcome.LongestWithoutMaster);
        LongestWithTwo = Math.Max(LongestWithTwo, outcome.LongestWithTwo);
        if (outcome.IsPassed) return;
        Failed++;
        if (_failures.Count < MaxKept) _failures.Add(outcome);
    }
}

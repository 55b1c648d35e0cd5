using System.Collections.Immutable;

namespace Appliance.Simulation;

/// <summary>How a drill went.</summary>
public sealed record DrillOutcome
{
    public required ulong Seed { get; init; }

    /// <summary>How the pair was configured, in one line.</summary>
    public required string Profile { get; init; }

    public required ImmutableArray<Violation> Violations { get; init; }

    /// <summary>Faults, transitions with what was heard before and why, and violations, in order.</summary>
    public required ImmutableArray<TimelineEvent> Timeline { get; init; }

    /// <summary>Frames and deadlines.</summary>
    public required long Events { get; init; }

    /// <summary>How often a group got another number of masters.</summary>
    public required long Transitions { get; init; }

    /// <summary>Nanoseconds in which a group had none at most, whatever the faults.</summary>
    public required long LongestWithoutMaster { get; init; }

    /// <summary>Nanoseconds in which a group had two at most, partitions included.</summary>
    public required long LongestWithTwo { get; init; }

    /// <summary>Conversations through the pair that came to their end.</summary>
    public required int FlowsDone { get; init; }

    /// <summary>Translated ones that ended with the last box that knew them; without a lane that is their master.</summary>
    public required int FlowsExcused { get; init; }

    /// <summary>Null: nobody asked for it.</summary>
    public DrillPicture? Picture { get; init; }

    public bool IsPassed => Violations.IsEmpty;

    internal static DrillOutcome Of(World world) => new()
    {
        Seed = world.Seed,
        Profile = world.Profile.ToString(),
        Violations = [.. world.Judge.Violations],
        Timeline = [.. world.Timeline],
        Events = world.Events,
        Transitions = world.Judge.Mastership.Changes,
        LongestWithoutMaster = world.Judge.Mastership.LongestNone,
        LongestWithTwo = world.Judge.Mastership.LongestTwo,
        FlowsDone = world.Users.Done,
        FlowsExcused = world.Users.Excused,
        Picture = world.Recorder?.Take(),
    };
}

using System.Collections.Immutable;

namespace Appliance.Node;

/// <summary>What a replay found.</summary>
public sealed record ReplayReport
{
    public required NodeAccounts Accounts { get; init; }

    /// <summary>By port index.</summary>
    public required ImmutableArray<string> PortNames { get; init; }

    public required ImmutableArray<ReplayInputAccounts> Inputs { get; init; }

    /// <summary>From the first to the last timestamp.</summary>
    public required double CaptureSeconds { get; init; }

    /// <summary>The accounts over the replay's clock.</summary>
    public required ReplayTimeline Timeline { get; init; }

    /// <summary>How many frames got which verdict.</summary>
    public VerdictSums Sums { get; init; }

    /// <summary>Whether rules judged, and states were kept.</summary>
    public bool HasRuleset { get; init; }

    /// <summary>Of the packets that rules have logged.</summary>
    public LogAccounts Log { get; init; } = new(0, 0);

    /// <summary>The rules in force at the end; empty without a ruleset.</summary>
    public ImmutableArray<RuleAccounts> Rules { get; init; } = [];

    /// <summary>At the end. Null unless <see cref="ReplayOptions.ReadsStates"/> asked.</summary>
    public IReadOnlyList<StateEntry>? States { get; init; }

    /// <summary>Null unless <see cref="ReplayOptions.RunsTimers"/> asked, and a pair is configured.</summary>
    public ReplayFailoverReport? Failover { get; init; }

    /// <summary>By input, by record: what became of it. Null unless <see cref="ReplayOptions.RecordsVerdicts"/> asked.</summary>
    public ImmutableArray<ImmutableArray<FrameVerdict>>? Verdicts { get; init; }
}

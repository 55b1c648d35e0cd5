using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>What <c>set</c> left in force at the end of the ruleset; null or empty where it said nothing.</summary>
public sealed record PfOptions
{
    public BlockReplyKind BlockPolicy { get; init; }
    public BlockReplyKind FailPolicy { get; init; }
    public bool IfBoundStates { get; init; }

    /// <summary>In order; of one timeout the last counts. Those before <c>set optimization</c> that it overrides are not here.</summary>
    public ImmutableArray<TimeoutSetting> Timeouts { get; init; } = [];
    public ImmutableArray<LimitSetting> Limits { get; init; } = [];

    /// <summary>Interfaces and groups on which packets are not looked at.</summary>
    public ImmutableArray<PfInterface> Skip { get; init; } = [];
    public string? Optimization { get; init; }
    public string? LogInterface { get; init; }
    public uint? HostId { get; init; }
    public string? Debug { get; init; }
    public string? Fingerprints { get; init; }
    public string? RulesetOptimization { get; init; }
    public string? Syncookies { get; init; }
    public bool RequireOrder { get; init; } = true;
    public bool KeepCounters { get; init; }
    public bool? Reassemble { get; init; }
    public bool ReassembleNoDf { get; init; }
    public StateOptions? StateDefaults { get; init; }
}

using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>What a rule says of its states → what those who make them read.</summary>
internal static class StateResolver
{
    public static StatePolicy Resolve(PfRule rule, TableResolver tables)
    {
        if (rule.Anchor is not null || rule.State == StateKeeping.None) return StatePolicy.None;
        StateOptions options = rule.StateOptions;
        return new StatePolicy
        {
            Kind = KindOf(rule.State),
            Binding = options.IfBound ? StateBinding.IfBound : StateBinding.Floating,
            Sloppy = options.Sloppy,
            NoSync = options.NoSync,
            MaximumStates = options.MaxStates,
            Timeouts = [.. options.Timeouts.Select(timeout => new RuleTimeout(TimeoutOf(timeout.Timeout), timeout.Value))],
            SourceTracking = options.SourceTracking switch
            {
                Language.SourceTracking.Rule => SourceTracking.Rule,
                Language.SourceTracking.Global => SourceTracking.Global,
                _ => SourceTracking.None,
            },
            MaximumSources = options.MaxSourceNodes,
            MaximumStatesOfSource = options.MaxSourceStates,
            MaximumConnectionsOfSource = options.MaxSourceConnections,
            ConnectionRate = options.MaxSourceConnectionRate.Limit,
            ConnectionRateSeconds = options.MaxSourceConnectionRate.Seconds,
            Overload = options.OverloadTable.Length > 0 ? tables.Find(options.OverloadTable, rule.Position) : null,
            Flush = options.Flush switch
            {
                Language.OverloadFlush.Rule => OverloadFlush.Rule,
                Language.OverloadFlush.Global => OverloadFlush.Global,
                _ => OverloadFlush.None,
            },
        };
    }

    /// <summary>The same timeout: both go by pf.conf's names.</summary>
    public static StateTimeout TimeoutOf(PfTimeout timeout) =>
        StateTimeouts.TryParseName(TimeoutNames.NameOf(timeout), out StateTimeout found)
            ? found
            : throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "a timeout that the trackers do not have");

    private static StateKind KindOf(StateKeeping keeping) => keeping switch
    {
        StateKeeping.Modulate => StateKind.Modulate,
        StateKeeping.Synproxy => StateKind.Synproxy,
        _ => StateKind.Keep,
    };
}

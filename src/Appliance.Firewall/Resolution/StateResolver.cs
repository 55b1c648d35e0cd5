using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>What a rule says of its states → what those who make them read.</summary>
internal static class StateResolver
{
    public static StatePolicy Resolve(PfRule rule, TableResolver tables)
    {
        if (rule.Anchor is not null || rule.State == StateKind.None) return StatePolicy.None;
        StateOptions options = rule.StateOptions;
        return new StatePolicy
        {
            Kind = rule.State,
            Binding = options.IfBound ? StateBinding.IfBound : StateBinding.Floating,
            Sloppy = options.Sloppy,
            NoSync = options.NoSync,
            MaximumStates = options.MaxStates,
            Timeouts = options.Timeouts,
            SourceTracking = options.SourceTracking,
            MaximumSources = options.MaxSourceNodes,
            MaximumStatesOfSource = options.MaxSourceStates,
            MaximumConnectionsOfSource = options.MaxSourceConnections,
            ConnectionRate = options.MaxSourceConnectionRate.Limit,
            ConnectionRateSeconds = options.MaxSourceConnectionRate.Seconds,
            Overload = options.OverloadTable.Length > 0 ? tables.Find(options.OverloadTable, rule.Position) : null,
            Flush = options.Flush,
        };
    }
}

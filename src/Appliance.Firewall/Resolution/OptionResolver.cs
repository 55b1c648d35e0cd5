using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>What <c>set</c> says of the appliance as a whole.</summary>
internal sealed class OptionResolver(PfRuleset parsed, FirewallPorts ports, ResolutionErrors errors)
{
    private readonly PfOptions _options = parsed.Options;

    /// <summary>
    /// FreeBSD's values; over them the optimization, the adaptive values that go with a state limit where the ruleset names none, and what
    /// it sets.
    /// </summary>
    public StateTimeouts Timeouts()
    {
        StateTimeouts timeouts = StateTimeouts.Default;
        string word = _options.Optimization is null or "default" ? "normal" : _options.Optimization;
        if (StateTimeouts.TryParseOptimization(word, out StateOptimization optimization))
            timeouts = timeouts.With(optimization);
        bool isAdaptive = _options.Timeouts.Any(item => item.Timeout is StateTimeout.AdaptiveStart or StateTimeout.AdaptiveEnd);
        if (!isAdaptive && HasStateLimit) timeouts = timeouts.WithStateLimit(StateLimit());
        foreach (TimeoutSetting setting in _options.Timeouts)
        {
            if (setting.Value > int.MaxValue)
            {
                errors.Add(PlaceOf("set timeout"),
                    $"timeout {StateTimeouts.NameOf(setting.Timeout)} {setting.Value}: expected at most {int.MaxValue}");
                continue;
            }

            timeouts = timeouts.With(setting.Timeout, (int)setting.Value);
        }

        return timeouts;
    }

    /// <summary>The last <c>set limit states</c>, else pf's. None at all, pf's 0, is not to be had here: everything is bounded.</summary>
    public int StateLimit()
    {
        if (!HasStateLimit) return StateTimeouts.DefaultStateLimit;
        uint states = _options.Limits.Last(setting => setting.Limit == PfLimit.States).Value;
        if (states is >= 1 and <= ResolvedRuleset.MaximumStateLimit) return (int)states;
        errors.Add(PlaceOf("set limit"), $"limit states {states}: expected 1 to {ResolvedRuleset.MaximumStateLimit}");
        return StateTimeouts.DefaultStateLimit;
    }

    /// <summary>The last <c>set limit src-nodes</c>, else pf's; bounded as states are.</summary>
    public int SourceLimit()
    {
        if (!_options.Limits.Any(setting => setting.Limit == PfLimit.SourceNodes)) return SourceNodes.DefaultLimit;
        uint sources = _options.Limits.Last(setting => setting.Limit == PfLimit.SourceNodes).Value;
        if (sources is >= 1 and <= SourceNodes.MaxLimit) return (int)sources;
        errors.Add(PlaceOf("set limit"), $"limit src-nodes {sources}: expected 1 to {SourceNodes.MaxLimit}");
        return SourceNodes.DefaultLimit;
    }

    /// <summary>Also asks whether there is what <c>set loginterface</c> names; it has counters anyway.</summary>
    public PortSet Skip(InterfaceResolver interfaces)
    {
        if (_options.LogInterface is { } name and not ("none" or "all") && !ports.TryFind(name, out _))
            interfaces.Refuse(name, PlaceOf("set loginterface"));
        return PortSet.Of(_options.Skip.SelectMany(item => interfaces.Resolve(item).Ports));
    }

    private bool HasStateLimit => _options.Limits.Any(setting => setting.Limit == PfLimit.States);

    /// <summary>The last statement of that option.</summary>
    private SourcePosition PlaceOf(string words) => parsed.Statements.Last(statement => statement.Words == words).Position;
}

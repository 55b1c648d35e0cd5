using System.Globalization;

namespace Appliance.Firewall.Language;

/// <summary>The state part of a rule as pfctl prints it.</summary>
internal static class StateText
{
    public static string Keeping(PfRule rule) => rule.State switch
    {
        StateKind.Keep => " keep state",
        StateKind.Modulate => " modulate state",
        StateKind.Synproxy => " synproxy state",
        _ => rule is { Action: PfAction.Pass, Anchor: null } ? " no state" : "",
    };

    /// <summary>The options in parentheses, in pfctl's order; nothing where there is none.</summary>
    public static string Options(StateOptions options)
    {
        string[] words = [.. Words(options)];
        return words.Length == 0 ? "" : $" ({string.Join(", ", words)})";
    }

    private static IEnumerable<string> Words(StateOptions options)
    {
        if (options.MaxStates > 0) yield return Word("max", options.MaxStates);
        if (options.NoSync) yield return "no-sync";
        if (options.SourceTracking != SourceTracking.None)
            yield return options.SourceTracking == SourceTracking.Rule ? "source-track rule" : "source-track global";
        if (options.MaxSourceStates > 0) yield return Word("max-src-states", options.MaxSourceStates);
        if (options.MaxSourceConnections > 0) yield return Word("max-src-conn", options.MaxSourceConnections);
        if (options.MaxSourceConnectionRate is { Limit: > 0 } rate)
            yield return string.Create(CultureInfo.InvariantCulture, $"max-src-conn-rate {rate.Limit}/{rate.Seconds}");
        if (options.MaxSourceNodes > 0) yield return Word("max-src-nodes", options.MaxSourceNodes);
        if (options.OverloadTable.Length > 0)
        {
            string flush = options.Flush switch
            {
                OverloadFlush.Rule => " flush",
                OverloadFlush.Global => " flush global",
                _ => "",
            };
            yield return $"overload <{options.OverloadTable}>{flush}";
        }

        if (options.IfBound) yield return "if-bound";
        if (options.Sloppy) yield return "sloppy";
        if (options.Pflow) yield return "pflow";
        foreach (TimeoutSetting timeout in options.Timeouts)
            yield return Word(StateTimeouts.NameOf(timeout.Timeout), timeout.Value);
    }

    private static string Word(string name, uint value) => string.Create(CultureInfo.InvariantCulture, $"{name} {value}");
}

using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>pf's words for what a log entry says, as filterlog and tcpdump print them.</summary>
public static class LogNames
{
    private static readonly ImmutableArray<string> Reasons =
    [
        "match", "bad-offset", "fragment", "short", "normalize", "memory", "bad-timestamp", "congestion", "ip-option", "proto-cksum",
        "state-mismatch", "state-insert", "state-limit", "src-limit", "synproxy",
    ];

    public static string Of(LogReason reason) => Reasons[(int)reason];

    public static string Of(RuleDirection direction) => direction == RuleDirection.Out ? "out" : "in";

    public static string Of(LogAction action) => action switch
    {
        LogAction.Block => "block",
        LogAction.Nat => "nat",
        LogAction.Binat => "binat",
        LogAction.Rdr => "rdr",
        LogAction.Match => "match",
        _ => "pass",
    };
}

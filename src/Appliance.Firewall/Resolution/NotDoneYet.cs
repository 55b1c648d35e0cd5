using System.Collections.Immutable;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>
/// What the language knows and the appliance does not do. A ruleset that asks for it is refused, by name and place: a rule that were
/// silently half of what it says would open what its author believes closed. Who makes one of these true deletes its line.
/// <para>
/// Accepted without effect, because their effect is there anyway or cannot be told: <c>set debug</c>, <c>hostid</c> and <c>no-sync</c>
/// (nothing is synchronized), <c>fingerprints</c> (rules that use them are refused), <c>ruleset-optimization</c> (the rules' meaning is the
/// same with any), <c>loginterface</c> (every port has counters), <c>require-order</c>, <c>ridentifier</c>; <c>limit frags</c> and
/// <c>anchors</c>, of which there are none or as many as the text has.
/// </para>
/// </summary>
internal static class NotDoneYet
{
    private static readonly ImmutableArray<(string Name, Predicate<PfRule> IsAskedBy)> OfRules =
    [
        ("'scrub'", rule => rule.Action is PfAction.Scrub or PfAction.NoScrub || rule.Scrub is not null),
        ("'af-to'", rule => rule.Translation is { NewFamily: not 0 }),
        ("'prefer-ipv6-nexthop'", rule => rule.Route is { Pool.PreferIpv6NextHop: true }),
        ("'dup-to'", rule => rule.Route is { Kind: RouteKind.DupTo }),
        ("an anchor whose rules are loaded from elsewhere", rule => rule.Anchor is { Body: null }),
        ("'os'", rule => rule.OperatingSystem.Length > 0),
        ("'user'", rule => rule.User.Operator != MatchOperator.Any),
        ("'group'", rule => rule.Group.Operator != MatchOperator.Any),
        ("'max-pkt-rate'", rule => rule.MaxPacketRate.Limit > 0 || rule.MaxPacketRate.Seconds > 0),
        ("'max-pkt-size'", rule => rule.MaxPacketSize > 0),
        ("'prio'", rule => rule.Priority is not null),
        ("'set prio'", rule => rule.SetPriority is not null),
        ("'set tos'", rule => rule.SetTos is not null),
        ("'modulate state'", rule => rule.State == StateKind.Modulate),
        ("'synproxy state'", rule => rule.State == StateKind.Synproxy),
        ("'pflow'", rule => rule.StateOptions.Pflow),
        ("'state limiter'", rule => rule.StateLimiter is not null),
        ("'source limiter'", rule => rule.SourceLimiter is not null),
        ("'once'", rule => rule.Once),
        ("'rtable'", rule => rule.RoutingTable is not null),
        ("'queue'", rule => rule.Queue is not null),
        ("'dnpipe'", rule => rule.Dummynet is { IsPipe: true }),
        ("'dnqueue'", rule => rule.Dummynet is { IsPipe: false }),
        ("'divert-to'", rule => rule.DivertPort > 0),
    ];

    private static readonly ImmutableArray<(string Words, string Name, Predicate<PfOptions> IsAskedBy)> OfStatements =
    [
        ("altq", "'altq'", _ => true),
        ("queue", "'queue'", _ => true),
        ("state limiter", "'state limiter'", _ => true),
        ("source limiter", "'source limiter'", _ => true),
        ("set reassemble", "'set reassemble yes'", options => options.Reassemble == true),
        ("set syncookies", "'set syncookies' but never", options => options.Syncookies is not (null or "never")),
        ("set fail-policy", "'set fail-policy return'", options => options.FailPolicy != BlockReplyKind.Silence),
        ("set keepcounters", "'set keepcounters'", options => options.KeepCounters),
    ];

    /// <summary>An error for each of these that a statement asks for.</summary>
    public static void Report(PfRuleset parsed, ResolutionErrors errors)
    {
        foreach (PfStatement statement in parsed.Statements)
        foreach ((string words, string name, Predicate<PfOptions> isAskedBy) in OfStatements)
            if (words == statement.Words && isAskedBy(parsed.Options)) Refuse(statement.Position, name, errors);
        foreach (LoadAnchor load in parsed.LoadAnchors) Refuse(load.Position, "'load anchor'", errors);
        Report(parsed.Rules, errors);
    }

    /// <summary>pf would not ask them without a nat-anchor that calls the anchor by its name.</summary>
    private static void ReportBody(PfRuleSections body, ResolutionErrors errors)
    {
        foreach (PfRule rule in (IEnumerable<PfRule>)[.. body.Nat, .. body.Rdr, .. body.Binat])
            Refuse(rule.Position, "'nat', 'rdr' and 'binat' within an anchor", errors);
        Report(body, errors);
    }

    private static void Report(PfRuleSections rules, ResolutionErrors errors)
    {
        foreach (EtherRule rule in rules.Ether) Refuse(rule.Position, "'ether'", errors);
        foreach (PfRule rule in (IEnumerable<PfRule>)[.. rules.Scrub, .. rules.Nat, .. rules.Rdr, .. rules.Binat, .. rules.Filter])
        {
            foreach ((string name, Predicate<PfRule> isAskedBy) in OfRules)
                if (isAskedBy(rule)) Refuse(rule.Position, name, errors);
            if (rule.Anchor?.Body is { } body) ReportBody(body, errors);
        }
    }

    private static void Refuse(SourcePosition position, string what, ResolutionErrors errors) =>
        errors.Add(position, $"this version does not do {what} yet");
}

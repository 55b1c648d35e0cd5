using System.Globalization;
using System.Text;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>A rule as the line that <c>pfctl -nvf</c> prints for it.</summary>
public static class RuleText
{
    /// <summary>The flags' letters, from the least significant bit.</summary>
    internal const string FlagLetters = "FSRPAUEW";

    public static string Of(PfRule rule)
    {
        var text = new StringBuilder();
        AppendHead(text, rule);
        AppendConditions(text, rule);
        AppendState(text, rule);
        ScrubText.Append(text, rule);
        AppendMarks(text, rule);
        AppendTranslation(text, rule);
        return text.ToString();
    }

    internal static string FamilyWord(AddressFamily family) => family == AddressFamily.Inet6 ? "inet6" : "inet";

    internal static string PolicyWord(BlockReplyKind policy) => policy == BlockReplyKind.Return ? "return" : "drop";

    internal static string Direction(RuleDirection direction) => direction switch
    {
        RuleDirection.In => " in",
        RuleDirection.Out => " out",
        _ => "",
    };

    internal static string Interface(PfInterface? on) => on is null ? "" : $" on {(on.Negated ? "! " : "")}{on.Name}";

    private static void AppendHead(StringBuilder text, PfRule rule)
    {
        text.Append(rule.Anchor is { } anchor ? AnchorHead(rule.Action, anchor) : ActionWord(rule.Action));
        if (rule is { Anchor: null, Translation.Pass: true }) text.Append(" pass");
        if (rule.Action == PfAction.Block) text.Append(ReplyWord(rule.Reply, rule.Family));
        text.Append(Direction(rule.Direction));
        AppendLog(text, rule);
        if (rule.Quick) text.Append(" quick");
        text.Append(Interface(rule.Interface));
        if (rule.Route is { } route)
        {
            text.Append(route.Kind switch
            {
                RouteKind.RouteTo => " route-to ",
                RouteKind.ReplyTo => " reply-to ",
                _ => " dup-to ",
            });
            text.Append(PoolText.OfAddresses(route.Pool, rule.Family));
        }

        if (rule.Family != AddressFamily.Unspecified) text.Append(' ').Append(FamilyWord(rule.Family));
        if (rule.Protocol is { } protocol) text.Append(" proto ").Append(ProtocolNames.NameOf(protocol));
    }

    private static string ActionWord(PfAction action) => action switch
    {
        PfAction.Pass => "pass",
        PfAction.Block => "block",
        PfAction.Match => "match",
        PfAction.Scrub => "scrub",
        PfAction.NoScrub => "no scrub",
        PfAction.Nat => "nat",
        PfAction.NoNat => "no nat",
        PfAction.Binat => "binat",
        PfAction.NoBinat => "no binat",
        PfAction.Rdr => "rdr",
        _ => "no rdr",
    };

    private static string AnchorHead(PfAction action, AnchorCall anchor)
    {
        string word = action switch
        {
            PfAction.Nat => "nat-anchor",
            PfAction.Rdr => "rdr-anchor",
            PfAction.Binat => "binat-anchor",
            _ => "anchor",
        };
        return anchor.Name.Length == 0 ? word : $"{word} \"{anchor.Name}\"";
    }

    private static string ReplyWord(BlockReply reply, AddressFamily family)
    {
        switch (reply.Kind)
        {
            case BlockReplyKind.Return: return " return";
            case BlockReplyKind.Reset: return reply.ResetTtl == 0 ? " return-rst" : $" return-rst(ttl {reply.ResetTtl})";
            case BlockReplyKind.Unreachable: break;
            default: return " drop";
        }

        string code = CodeWord(IcmpNames.Unreachable, reply.IcmpCode, isV6: false);
        string code6 = CodeWord(IcmpNames.Unreachable6, reply.Icmpv6Code, isV6: true);
        return family switch
        {
            AddressFamily.Inet => $" return-icmp({code})",
            AddressFamily.Inet6 => $" return-icmp6({code6})",
            _ => $" return-icmp({code}, {code6})",
        };
    }

    private static string CodeWord(byte type, byte code, bool isV6) =>
        IcmpNames.CodeName(type, code, isV6) ?? code.ToString(CultureInfo.InvariantCulture);

    private static void AppendLog(StringBuilder text, PfRule rule)
    {
        if (rule.Log == LogOptions.None) return;
        var words = new List<string>();
        if ((rule.Log & LogOptions.All) != 0) words.Add("all");
        if ((rule.Log & LogOptions.Matches) != 0) words.Add("matches");
        if ((rule.Log & LogOptions.User) != 0) words.Add("user");
        if (rule.LogInterface > 0) words.Add($"to pflog{rule.LogInterface}");
        text.Append(" log");
        if (words.Count > 0) text.Append(" (").AppendJoin(", ", words).Append(')');
    }

    internal static string Sides(PfEndpoint source, string system, PfEndpoint destination, AddressFamily family, bool isTcp)
    {
        bool isAll = source is { Host: { IsEverything: true, Negated: false }, Port.Operator: MatchOperator.Any }
            && destination is { Host: { IsEverything: true, Negated: false }, Port.Operator: MatchOperator.Any } && system.Length == 0;
        if (isAll) return " all";
        string from = Side(source, family, isTcp);
        string os = system.Length > 0 ? $" os \"{system}\"" : "";
        return $" from {from}{os} to {Side(destination, family, isTcp)}";
    }

    private static string Side(PfEndpoint side, AddressFamily family, bool isTcp)
    {
        string port = side.Port.Operator == MatchOperator.Any ? "" : MatchText.Port(side.Port, isTcp);
        return HostText.Of(side.Host, family) + port;
    }

    private static void AppendConditions(StringBuilder text, PfRule rule)
    {
        text.Append(Sides(rule.Source, rule.OperatingSystem, rule.Destination, rule.Family, rule.Protocol == IpProtocol.Tcp));
        if (rule.ReceivedOn is { } port) text.Append(port.Negated ? " !received-on " : " received-on ").Append(port.Name);
        if (rule.User.Operator != MatchOperator.Any) text.Append(MatchText.Id(rule.User, "user"));
        if (rule.Group.Operator != MatchOperator.Any) text.Append(MatchText.Id(rule.Group, "group"));
        AppendFlags(text, rule);
        if (rule.Icmp is { } icmp) AppendIcmp(text, icmp);
        if (rule.Tos is { } tos and not 0) text.Append(CultureInfo.InvariantCulture, $" tos 0x{tos:x2}");
        if (rule.Priority is { } priority) text.Append(CultureInfo.InvariantCulture, $" prio {priority}");
        if (rule.MaxPacketRate is { Limit: > 0 } rate)
            text.Append(CultureInfo.InvariantCulture, $" max-pkt-rate {rate.Limit}/{rate.Seconds}");
        if (rule.MaxPacketSize > 0) text.Append(CultureInfo.InvariantCulture, $" max-pkt-size {rule.MaxPacketSize}");
    }

    private static void AppendFlags(StringBuilder text, PfRule rule)
    {
        bool mayBeTcp = rule.Protocol is null or IpProtocol.Tcp;
        if (!rule.Flags.IsAny)
            text.Append(" flags ").Append(Letters(rule.Flags.Set)).Append('/').Append(Letters(rule.Flags.Mask));
        else if (rule is { Action: PfAction.Pass, Fragment: false, Anchor: null, State: not StateKind.None } && mayBeTcp)
            text.Append(" flags any");
    }

    private static string Letters(byte flags) =>
        string.Concat(FlagLetters.Where((_, bit) => (flags & (1 << bit)) != 0));

    private static void AppendIcmp(StringBuilder text, IcmpTypeOption icmp)
    {
        bool isV6 = icmp.Protocol == IpProtocol.Icmpv6;
        string type = IcmpNames.TypeName(icmp.Type, isV6) ?? icmp.Type.ToString(CultureInfo.InvariantCulture);
        text.Append(isV6 ? " icmp6-type " : " icmp-type ").Append(type);
        if (icmp.Code is { } code) text.Append(" code ").Append(CodeWord(icmp.Type, code, isV6));
    }

    private static void AppendState(StringBuilder text, PfRule rule)
    {
        if (rule.SetPriority is not null || rule.SetTos is not null)
        {
            text.Append(" set (");
            if (rule.SetPriority is { } pair)
            {
                text.Append(pair.Normal == pair.Acknowledgment ? $" prio {pair.Normal}" : $" prio({pair.Normal}, {pair.Acknowledgment})");
                if (rule.SetTos is not null) text.Append(',');
            }

            if (rule.SetTos is { } tos) text.Append(CultureInfo.InvariantCulture, $" tos 0x{tos:x2}");
            text.Append(" )");
        }

        text.Append(StateText.Keeping(rule));
        if (rule.StateLimiter is { } limiter) text.Append(Limiter("state", limiter));
        if (rule.SourceLimiter is { } sources) text.Append(Limiter("source", sources));
        if (rule.Probability != 0) text.Append(CultureInfo.InvariantCulture, $" probability {Percent(rule.Probability)}%");
        text.Append(StateText.Options(rule.StateOptions));
    }

    private static string Limiter(string kind, LimiterUse use) => string.Create(CultureInfo.InvariantCulture,
        $" {kind} limiter id {use.Id} ({(use.Action == LimiterAction.Block ? "block" : "no-match")})");

    private static string Percent(uint threshold)
    {
        string digits = (threshold * 100.0 / 4294967296.0).ToString("F6", CultureInfo.InvariantCulture);
        return digits.TrimEnd('0').TrimEnd('.');
    }

    private static void AppendMarks(StringBuilder text, PfRule rule)
    {
        AppendLabels(text, rule.Labels, rule.Identifier);
        if (rule.Once) text.Append(" once");
        if (rule.Dummynet is { } dummynet) text.Append(Dummynet(dummynet));
        if (rule.Queue is { AcknowledgmentQueue: { } second } both) text.Append($" queue({both.Queue}, {second})");
        else if (rule.Queue is { } queue) text.Append(" queue ").Append(queue.Queue);
        if (rule.Tag.Length > 0) text.Append(" tag ").Append(rule.Tag);
        if (rule.Tagged is { } tagged) text.Append(tagged.Negated ? " ! tagged " : " tagged ").Append(tagged.Name);
        if (rule.RoutingTable is { } table) text.Append(CultureInfo.InvariantCulture, $" rtable {table}");
        if (rule.DivertPort > 0) text.Append(CultureInfo.InvariantCulture, $" divert-to {rule.DivertPort}");
    }

    /// <summary>The labels up to the first empty one.</summary>
    internal static void AppendLabels(StringBuilder text, IEnumerable<string> labels, uint identifier)
    {
        foreach (string label in labels.TakeWhile(label => label.Length > 0)) text.Append(" label \"").Append(label).Append('"');
        if (identifier > 0) text.Append(CultureInfo.InvariantCulture, $" ridentifier {identifier}");
    }

    internal static string Dummynet(DummynetAssignment dummynet)
    {
        string word = dummynet.IsPipe ? "dnpipe" : "dnqueue";
        return dummynet.Return > 0 ? $" {word}({dummynet.Number}, {dummynet.Return})" : $" {word} {dummynet.Number}";
    }

    private static void AppendTranslation(StringBuilder text, PfRule rule)
    {
        if (rule.Anchor is not null || rule.Translation is not { } translation) return;
        switch (rule.Action)
        {
            case PfAction.Nat: text.Append(" -> ").Append(PoolText.OfSource(translation.Source!, rule.Family)); return;
            case PfAction.Rdr: text.Append(" -> ").Append(PoolText.OfDestination(translation.Destination!, rule.Family)); return;
            case PfAction.Binat: text.Append(" -> ").Append(PoolText.OfAddresses(translation.Source!, rule.Family)); return;
            default: break;
        }

        bool isAfTo = translation.NewFamily != AddressFamily.Unspecified;
        AddressFamily family = isAfTo ? translation.NewFamily : rule.Family;
        if (translation.Source is { } source)
            text.Append(isAfTo ? $" af-to {FamilyWord(family)} from " : " nat-to ").Append(PoolText.OfSource(source, family));
        if (translation.Destination is { } destination)
            text.Append(isAfTo ? " to " : " rdr-to ").Append(PoolText.OfDestination(destination, family));
    }
}

using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <content>pass, block and match.</content>
internal sealed partial class StatementParser
{
    private void FilterStatement()
    {
        SourcePosition position = _tokens.Position;
        (PfAction action, BlockReply reply) = Action();
        PfRule rule = LogAndQuick(new PfRule { Position = position, Action = action, Reply = reply, Direction = Direction() });
        var draft = new FilterDraft(new RuleStatement(rule, new RuleLists { Interfaces = Interfaces() }));
        Route(draft);
        draft.Rule = draft.Rule with { Family = Family() };
        draft.Lists = FromTo(draft.Lists with { Protocols = Protocols() });
        FilterOptions(draft);
        Order(StatementOrder.Filter, position);
        FinishState(draft);
        if (CanEnd()) _builder.Add(draft.Statement);
    }

    private (PfAction Action, BlockReply Reply) Action()
    {
        string word = _tokens.Take().Text;
        return word switch
        {
            "pass" => (PfAction.Pass, new BlockReply(Options.FailPolicy)),
            "match" => (PfAction.Match, default),
            _ => (PfAction.Block, Reply()),
        };
    }

    /// <summary>What stands behind <c>block</c>; without a word the block-policy counts.</summary>
    private BlockReply Reply()
    {
        if (_tokens.TryTake("drop")) return new BlockReply(BlockReplyKind.Silence);
        if (_tokens.TryTake("return")) return new BlockReply(BlockReplyKind.Return);
        if (_tokens.TryTake("return-rst")) return ResetReply();
        if (_tokens.TryTake("return-icmp")) return IcmpReply();
        if (!_tokens.TryTake("return-icmp6")) return new BlockReply(Options.BlockPolicy);
        var reply = new BlockReply(BlockReplyKind.Unreachable);
        if (!_tokens.TryTake('(')) return reply;
        reply = reply with { Icmpv6Code = ReplyCode(isV6: true) };
        _tokens.Expect(')', "behind the code");
        return reply;
    }

    private BlockReply ResetReply()
    {
        var reply = new BlockReply(BlockReplyKind.Reset);
        if (!_tokens.TryTake('(')) return reply;
        _tokens.Expect("ttl", "behind 'return-rst ('");
        reply = reply with { ResetTtl = (byte)_tokens.TakeNumber("a ttl", 0, 255) };
        _tokens.Expect(')', "behind the ttl");
        return reply;
    }

    private BlockReply IcmpReply()
    {
        var reply = new BlockReply(BlockReplyKind.Unreachable);
        if (!_tokens.TryTake('(')) return reply;
        reply = reply with { IcmpCode = ReplyCode(isV6: false) };
        _tokens.TryTake(',');
        if (!_tokens.Current.Is(')')) reply = reply with { Icmpv6Code = ReplyCode(isV6: true) };
        _tokens.Expect(')', "behind the codes");
        return reply;
    }

    private byte ReplyCode(bool isV6) => IcmpCode(isV6 ? IcmpNames.Unreachable6 : IcmpNames.Unreachable, isV6);

    private RuleDirection Direction()
    {
        if (_tokens.TryTake("in")) return RuleDirection.In;
        return _tokens.TryTake("out") ? RuleDirection.Out : RuleDirection.Both;
    }

    /// <summary><c>log</c> and <c>quick</c>, in any order.</summary>
    private PfRule LogAndQuick(PfRule rule)
    {
        bool quick = _tokens.TryTake("quick");
        rule = Log(rule);
        return rule with { Quick = _tokens.TryTake("quick") || quick };
    }

    private PfRule Log(PfRule rule)
    {
        if (!_tokens.TryTake("log")) return rule;
        rule = rule with { Log = LogOptions.First };
        if (!_tokens.TryTake('(')) return rule;
        do
        {
            Token token = _tokens.Take();
            rule = token.Text switch
            {
                "all" => rule with { Log = rule.Log | LogOptions.All },
                "matches" => rule with { Log = rule.Log | LogOptions.Matches },
                "user" or "group" => rule with { Log = rule.Log | LogOptions.User },
                "to" => rule with { LogInterface = LogInterface() },
                _ => Unknown(token, rule, "'all', 'matches', 'user' or 'to' an interface"),
            };
            _tokens.TryTake(',');
        }
        while (!_tokens.HasFailed && !_tokens.Current.Is(')'));
        _tokens.Expect(')', "behind the log options");
        return rule;
    }

    private byte LogInterface()
    {
        const string Prefix = "pflog";
        Token name = _tokens.TakeString("a pflog interface");
        bool good = name.Text.StartsWith(Prefix, StringComparison.Ordinal) & byte.TryParse(name.Text.AsSpan(Math.Min(5, name.Text.Length)),
            System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out byte number);
        if (!good) _tokens.Fail(name.Position, $"{name.Text}: should be a pflog interface: expected pflog0 to pflog255");
        return number;
    }

    private T Unknown<T>(Token token, T unchanged, string expected)
    {
        _tokens.Fail(token.Position, $"syntax error: expected {expected}, found {token.Shown}");
        return unchanged;
    }

    /// <summary>A route, where one begins.</summary>
    private bool Route(FilterDraft draft)
    {
        if (_tokens.TryTake("fastroute")) return true;              // kept for old rulesets; it says nothing
        RouteKind? kind = _tokens.Current.Text switch
        {
            "route-to" => RouteKind.RouteTo,
            "reply-to" => RouteKind.ReplyTo,
            "dup-to" => RouteKind.DupTo,
            _ => null,
        };
        if (kind is not { } found || _tokens.Current.Kind != TokenKind.Word) return false;
        Token word = _tokens.Take();
        if (!draft.Say("a route")) _tokens.Fail(word.Position, "cannot respecify route-to/dup-to/reply-to");
        var pool = new PoolSyntax(word.Position) { Addresses = _tokens.TakeList<PoolAddress>(RouteHost) };
        draft.Statement = draft.Statement with { Route = new RouteSyntax(found, PoolOptions(pool)) };
        return true;
    }

    private void RouteHost(ImmutableArray<PoolAddress>.Builder items)
    {
        if (!_tokens.TryTake('('))
        {
            PfInterface alone = Interface(negated: false);
            items.Add(new PoolAddress(PfHost.Any, alone.Name));
            return;
        }

        PfInterface way = Interface(negated: false);
        if (_tokens.Current.Is(')')) items.Add(new PoolAddress(PfHost.Any, way.Name));
        else items.AddRange(Host().Select(host => new PoolAddress(host, way.Name)));
        _tokens.Expect(')', "behind the next hop");
    }
}

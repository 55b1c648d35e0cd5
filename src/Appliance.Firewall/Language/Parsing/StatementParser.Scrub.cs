namespace Appliance.Firewall.Language;

/// <content>scrub, as a rule of its own and as an option of another.</content>
internal sealed partial class StatementParser
{
    private void ScrubStatement()
    {
        SourcePosition position = _tokens.Position;
        bool no = _tokens.TryTake("no");
        _tokens.Take();
        PfRule rule = LogAndQuick(
            new PfRule { Position = position, Action = no ? PfAction.NoScrub : PfAction.Scrub, Direction = Direction() });
        if (rule.Quick) _tokens.Fail(position, "scrub rules do not support 'quick'");
        var draft = new FilterDraft(new RuleStatement(rule, new RuleLists { Interfaces = Interfaces() }));
        draft.Rule = draft.Rule with { Family = Family() };
        draft.Lists = FromTo(draft.Lists with { Protocols = Protocols() });
        ScrubOptions options = ScrubOptions(new ScrubOptions { NoFragmentReassembly = Options.Reassemble == true }, draft);
        if (options.ReassembleTcp && rule.Direction != RuleDirection.Both)
            _tokens.Fail(position, "reassemble tcp rules can not specify direction");
        draft.Rule = draft.Rule with { Scrub = options };
        Order(StatementOrder.Scrub, position);
        if (CanEnd()) _builder.Add(draft.Statement);
    }

    /// <summary>The options of a scrub rule, to its end or to the closing parenthesis.</summary>
    private ScrubOptions ScrubOptions(ScrubOptions options, FilterDraft draft)
    {
        while (!_tokens.HasFailed && !_tokens.Current.EndsStatement && !_tokens.Current.Is(')') && !_tokens.Current.Is('}'))
        {
            Token token = _tokens.Current;
            if (token.Is("rtable") && TakeWord()) draft.Rule = draft.Rule with { RoutingTable = RoutingTable() };
            else if (!NegatableOption(draft)) options = ScrubOption(options, draft);
            _tokens.TryTake(',');
        }

        return options;
    }

    private ScrubOptions ScrubOption(ScrubOptions options, FilterDraft draft)
    {
        Token token = _tokens.Take();
        if (!draft.Say($"scrub {token.Text}")) _tokens.Fail(token.Position, $"{token.Text} cannot be respecified");
        switch (token.Text)
        {
            case "no-df": return options with { NoDf = true };
            case "random-id": return options with { RandomId = true };
            case "min-ttl": return options with { MinTtl = (byte)_tokens.TakeNumber("a ttl", 0, byte.MaxValue) };
            case "max-mss": return options with { MaxMss = (ushort)_tokens.TakeNumber("a size in bytes", 0, ushort.MaxValue) };
            case "set-tos": return options with { SetTos = Tos() };
            case "reassemble":
                _tokens.Expect("tcp", "behind 'reassemble'");
                return options with { ReassembleTcp = true };
            case "fragment": return options with { NoFragmentReassembly = FragmentOption() };
            default:
                return Unknown(token, options, "an option of scrub");
        }
    }

    /// <summary><c>fragment reassemble</c> or <c>fragment no reassemble</c>; crop and drop-ovl are old words for the first.</summary>
    private bool FragmentOption()
    {
        if (_tokens.TryTake("reassemble") || _tokens.TryTake("crop") || _tokens.TryTake("drop-ovl")) return false;
        if (!_tokens.TryTake("no")) _tokens.FailExpecting("'reassemble' or 'no reassemble' behind 'fragment'");
        _tokens.Expect("reassemble", "behind 'fragment no'");
        return true;
    }
}

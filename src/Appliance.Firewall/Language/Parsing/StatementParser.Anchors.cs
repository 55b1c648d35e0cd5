namespace Appliance.Firewall.Language;

/// <content>Anchors, with their rules in braces or elsewhere.</content>
internal sealed partial class StatementParser
{
    private void AnchorStatement()
    {
        SourcePosition position = _tokens.Take().Position;
        string name = _tokens.Current.IsString ? AnchorName() : "";
        var draft = new FilterDraft(new RuleStatement(
            new PfRule
            {
                Position = position,
                Action = PfAction.Pass,
                Direction = Direction(),
                Quick = _tokens.TryTake("quick"),
                Anchor = new AnchorCall(name, null),
            },
            new RuleLists { Interfaces = Interfaces() }));
        draft.Rule = draft.Rule with { Family = Family() };
        draft.Lists = FromTo(draft.Lists with { Protocols = Protocols() });
        FilterOptions(draft);
        if (draft.HasSaid(KeepOption)) _tokens.Fail(position, "cannot specify state handling on anchors");
        if (draft.Statement is not { Route: null, SourcePool: null, DestinationPool: null })
            _tokens.Fail(position, "cannot specify translation or routing on anchors");
        Order(StatementOrder.Filter, position);
        if (_tokens.Current.Is('{')) draft.Rule = draft.Rule with { Anchor = new AnchorCall(name, Body()) };
        else if (name.Length == 0) _tokens.Fail(position, "anchors without explicit rules must specify a name");
        if (CanEnd()) _builder.Add(draft.Statement);
    }

    private string AnchorName()
    {
        Token name = _tokens.Take();
        bool isReserved = name.Text.StartsWith('_') || name.Text.Contains("/_", StringComparison.Ordinal);
        if (isReserved) _tokens.Fail(name.Position, "anchor names beginning with '_' are reserved for internal use");
        return name.Text;
    }

    /// <summary>The statements between braces. Each recovers for itself; the anchor goes on behind its closing brace.</summary>
    private PfRuleSections Body()
    {
        SourcePosition open = _tokens.Take().Position;
        if (_anchorDepth >= PfLimits.AnchorDepth)
        {
            _tokens.Fail(open, $"anchors stand within one another more than {PfLimits.AnchorDepth} deep");
            return PfRuleSections.Empty;
        }

        _anchorDepth++;
        _builder.EnterAnchor();
        while (!_tokens.HasFailed && !_tokens.Current.Is('}') && _tokens.Current.Kind != TokenKind.End && !_errors.IsFull)
            ReadStatement();
        PfRuleSections rules = _builder.LeaveAnchor();
        _anchorDepth--;
        if (!_tokens.TryTake('}')) _tokens.FailExpecting($"'}}' for the anchor's '{{' in line {open.Line}");
        _tokens.BeginStatement();
        return rules;
    }

    /// <summary>nat-anchor, rdr-anchor and binat-anchor: their rules always stand elsewhere.</summary>
    private void TranslationAnchorStatement()
    {
        Token word = _tokens.Take();
        string name = _tokens.TakeStrings("the anchor's name");
        var lists = new RuleLists { Interfaces = Interfaces() };
        AddressFamily family = Family();
        lists = FromTo(lists with { Protocols = Protocols() });
        PfRule rule = new()
        {
            Position = word.Position,
            Action = word.Text switch
            {
                "nat-anchor" => PfAction.Nat,
                "rdr-anchor" => PfAction.Rdr,
                _ => PfAction.Binat,
            },
            Family = family,
            Anchor = new AnchorCall(name, null),
            RoutingTable = _tokens.TryTake("rtable") ? RoutingTable() : null,
        };
        CheckTranslationAnchor(rule.Action, lists, word.Position);
        Order(StatementOrder.Translation, word.Position);
        if (CanEnd()) _builder.Add(new RuleStatement(rule, lists));
    }

    private void CheckTranslationAnchor(PfAction action, RuleLists lists, SourcePosition position)
    {
        bool hasSides = !lists.SourceHosts.IsEmpty || !lists.SourcePorts.IsEmpty
            || !lists.DestinationHosts.IsEmpty || !lists.DestinationPorts.IsEmpty;
        if (action == PfAction.Binat && hasSides) _tokens.Fail(position, "fromto parameter not supported in binat-anchor");
        if (action == PfAction.Binat && lists.Protocols.Length > 1)
            _tokens.Fail(position, "proto list expansion not supported in binat-anchor");
        if (action != PfAction.Rdr) return;
        if (!lists.SourcePorts.IsEmpty) _tokens.Fail(position, "source port parameter not supported in rdr-anchor");
        if (lists.DestinationPorts.Length > 1)
            _tokens.Fail(position, "destination port list expansion not supported in rdr-anchor");
        if (lists.DestinationPorts is [{ Operator: not MatchOperator.Equal }])
            _tokens.Fail(position, "destination port operators not supported in rdr-anchor");
    }
}

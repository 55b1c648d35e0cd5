namespace Appliance.Firewall.Language;

/// <content>What may stand behind the addresses of a rule, in any order.</content>
internal sealed partial class StatementParser
{
    private void FilterOptions(FilterDraft draft)
    {
        while (!_tokens.HasFailed && _tokens.Current.Kind is TokenKind.Word or TokenKind.Symbol)
        {
            bool known = ConditionOption(draft) || StateOption(draft) || TranslationOption(draft) || EffectOption(draft)
                || MarkOption(draft) || Route(draft);
            if (known) continue;
            if (_tokens.Current.Is('{') || _tokens.Current.Is('}')) return;
            _tokens.FailExpecting("an option of the rule or its end");
        }
    }

    private void Once(FilterDraft draft, string option)
    {
        if (!draft.Say(option)) _tokens.Fail(_tokens.Position, $"{option} cannot be redefined");
    }

    /// <summary>Options that choose packets.</summary>
    private bool ConditionOption(FilterDraft draft)
    {
        switch (_tokens.Current.Text)
        {
            case "user" when TakeWord():
                draft.Lists = draft.Lists with { Users = [.. Ids("user", AccountNames.TryGetUser), .. draft.Lists.Users] };
                return true;
            case "group" when TakeWord():
                draft.Lists = draft.Lists with { Groups = [.. Ids("group", AccountNames.TryGetGroup), .. draft.Lists.Groups] };
                return true;
            case "flags" when TakeWord():
                Once(draft, "flags");
                draft.Rule = draft.Rule with { Flags = Flags() };
                return true;
            case "icmp-type" or "icmp6-type":
                Once(draft, "icmp-type");
                draft.Lists = draft.Lists with { IcmpTypes = IcmpTypes(_tokens.Take().Text == "icmp6-type") };
                return true;
            case "tos" when TakeWord():
                Once(draft, "tos");
                draft.Rule = draft.Rule with { Tos = Tos() };
                return true;
            case "prio" when TakeWord():
                Once(draft, "prio");
                draft.Rule = draft.Rule with { Priority = (byte)_tokens.TakeNumber("a priority", 0, PfLimits.Priority) };
                return true;
            case "probability" when TakeWord():
                draft.Rule = draft.Rule with { Probability = Probability() };
                return true;
            case "fragment" when TakeWord():
                draft.Rule = draft.Rule with { Fragment = true };
                return true;
            case "max-pkt-rate" when TakeWord():
                Once(draft, "max-pkt-rate");
                draft.Rule = draft.Rule with { MaxPacketRate = Rate("packets") };
                return true;
            case "max-pkt-size" when TakeWord():
                Once(draft, "max-pkt-size");
                draft.Rule = draft.Rule with { MaxPacketSize = (ushort)_tokens.TakeNumber("a size in bytes", 1, ushort.MaxValue) };
                return true;
            default:
                return NegatableOption(draft);
        }
    }

    /// <summary><c>tagged</c> and <c>received-on</c>, before which <c>!</c> may stand.</summary>
    private bool NegatableOption(FilterDraft draft)
    {
        bool negated = _tokens.Current.Is('!');
        Token word = negated ? _tokens.Following : _tokens.Current;
        if (!word.Is("tagged") && !word.Is("received-on")) return false;
        if (negated) _tokens.Take();
        _tokens.Take();
        draft.Rule = word.Is("tagged")
            ? draft.Rule with { Tagged = new TagMatch(Tag(), negated) }
            : draft.Rule with { ReceivedOn = Interface(negated) };
        return true;
    }

    /// <summary>Options that name and mark.</summary>
    private bool MarkOption(FilterDraft draft)
    {
        switch (_tokens.Current.Text)
        {
            case "label" when TakeWord():
                draft.Rule = draft.Rule with { Labels = draft.Rule.Labels.Add(Label(draft.Rule.Labels.Length)) };
                return true;
            case "ridentifier" when TakeWord():
                draft.Rule = draft.Rule with { Identifier = (uint)Number("an identifier", 0, uint.MaxValue) };
                return true;
            case "tag" when TakeWord():
                draft.Rule = draft.Rule with { Tag = Tag() };
                return true;
            case "queue" when TakeWord():
                Once(draft, "queue");
                draft.Rule = draft.Rule with { Queue = QueueNames() };
                return true;
            case "dnpipe" or "dnqueue":
                draft.Rule = draft.Rule with { Dummynet = Dummynet() };
                return true;
            default:
                return false;
        }
    }

    /// <summary>Options that change what becomes of a packet.</summary>
    private bool EffectOption(FilterDraft draft)
    {
        switch (_tokens.Current.Text)
        {
            case "allow-opts" when TakeWord():
                draft.Rule = draft.Rule with { AllowOptions = true };
                return true;
            case "once" when TakeWord():
                draft.Rule = draft.Rule with { Once = true };
                return true;
            case "rtable" when TakeWord():
                draft.Rule = draft.Rule with { RoutingTable = RoutingTable() };
                return true;
            case "divert-to" when TakeWord():
                draft.Rule = draft.Rule with { DivertPort = DivertPort() };
                return true;
            case "divert-reply":
                _tokens.Fail(_tokens.Position, "divert-reply has no meaning in FreeBSD pf(4)");
                return true;
            case "set" when TakeWord():
                SetOptions(draft);
                return true;
            case "scrub" when TakeWord():
                Once(draft, "scrub");
                _tokens.Expect('(', "behind 'scrub'");
                ScrubOptions scrub = ScrubOptions(new ScrubOptions(), draft);
                draft.Rule = draft.Rule with { Scrub = scrub with { SetTos = null }, SetTos = scrub.SetTos ?? draft.Rule.SetTos };
                _tokens.Expect(')', "behind the scrub options");
                return true;
            default:
                return false;
        }
    }

    private bool TakeWord()
    {
        if (_tokens.Current.Kind != TokenKind.Word) return false;
        _tokens.Take();
        return true;
    }

    /// <summary><c>set ( prio …, tos … )</c>, or one of them without parentheses.</summary>
    private void SetOptions(FilterDraft draft)
    {
        bool many = _tokens.TryTake('(');
        do
        {
            if (_tokens.TryTake("prio"))
            {
                Once(draft, "set prio");
                draft.Rule = draft.Rule with { SetPriority = Priorities() };
            }
            else if (_tokens.TryTake("tos"))
            {
                Once(draft, "set tos");
                draft.Rule = draft.Rule with { SetTos = Tos() };
            }
            else
            {
                _tokens.FailExpecting("'prio' or 'tos'");
            }

            if (many) _tokens.TryTake(',');
        }
        while (many && !_tokens.HasFailed && !_tokens.Current.Is(')'));
        if (many) _tokens.Expect(')', "behind what is set");
    }

    private PriorityPair Priorities()
    {
        if (!_tokens.TryTake('('))
        {
            var both = (byte)_tokens.TakeNumber("a priority", 0, PfLimits.Priority);
            return new PriorityPair(both, both);
        }

        var normal = (byte)_tokens.TakeNumber("a priority", 0, PfLimits.Priority);
        _tokens.TryTake(',');
        var acknowledgment = (byte)_tokens.TakeNumber("a priority", 0, PfLimits.Priority);
        _tokens.Expect(')', "behind the priorities");
        return new PriorityPair(normal, acknowledgment);
    }

    private PacketRate Rate(string what)
    {
        var limit = (uint)_tokens.TakeNumber($"a number of {what}", 0, uint.MaxValue);
        _tokens.Expect('/', "between the number and the seconds");
        return new PacketRate(limit, (uint)_tokens.TakeNumber("seconds", 0, uint.MaxValue));
    }

    private int RoutingTable() => (int)_tokens.TakeNumber("a routing table", 0, PfLimits.RoutingTable);

    /// <summary>The port of a divert socket; an address before it says nothing in FreeBSD.</summary>
    private ushort DivertPort()
    {
        Token token = _tokens.TakeText("a divert port");
        if (_tokens.TryTake("port")) token = _tokens.TakeText("a divert port");
        if (_tokens.HasFailed) return 0;
        ushort port = Port(token.Text, token.Position);
        if (port == 0) _tokens.Fail(token.Position, "invalid divert port: 0");
        return port;
    }

    private string Label(int before)
    {
        Token label = _tokens.TakeString("a label");
        if (before >= PfLimits.Labels) _tokens.Fail(label.Position, $"label can only be used {PfLimits.Labels} times");
        if (label.Text.Length > PfLimits.Label) _tokens.Fail(label.Position, $"rule label too long (max {PfLimits.Label} chars)");
        return label.Text;
    }

    private string Tag()
    {
        SourcePosition position = _tokens.Position;
        string tag = _tokens.TakeStrings("a tag");
        if (tag.Length > PfLimits.Label) _tokens.Fail(position, $"tag too long, max {PfLimits.Label} chars");
        return tag;
    }

    private QueueAssignment QueueNames()
    {
        if (!_tokens.TryTake('(')) return new QueueAssignment(_tokens.TakeString("the name of a queue").Text, null);
        string queue = _tokens.TakeString("the name of a queue").Text;
        _tokens.TryTake(',');
        string? second = _tokens.Current.Is(')') ? null : _tokens.TakeString("the name of a queue").Text;
        _tokens.Expect(')', "behind the queues");
        return new QueueAssignment(queue, second);
    }

    private DummynetAssignment Dummynet()
    {
        bool isPipe = _tokens.Take().Text == "dnpipe";
        if (!_tokens.TryTake('('))
            return new DummynetAssignment(isPipe, (ushort)Number("a pipe", 0, ushort.MaxValue), 0);
        var number = (ushort)Number("a pipe", 0, ushort.MaxValue);
        _tokens.TryTake(',');
        ushort back = _tokens.Current.Is(')') ? (ushort)0 : (ushort)Number("a pipe", 0, ushort.MaxValue);
        _tokens.Expect(')', "behind the pipes");
        return new DummynetAssignment(isPipe, number, back);
    }
}

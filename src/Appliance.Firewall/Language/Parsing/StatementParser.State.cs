using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <content>States: keep, modulate, synproxy, no state, limiters, and the options in parentheses.</content>
internal sealed partial class StatementParser
{
    private const string KeepOption = "state handling";

    private bool StateOption(FilterDraft draft)
    {
        switch (_tokens.Current.Text)
        {
            case "no" when TakeWord():
                Once(draft, KeepOption);
                _tokens.Expect("state", "behind 'no'");
                return true;
            case "keep" or "modulate" or "synproxy":
                Once(draft, KeepOption);
                Keep(draft);
                return true;
            case "state" when _tokens.Following.Is("limiter"):
                draft.Rule = draft.Rule with { StateLimiter = LimiterOfRule() };
                return true;
            case "source" when _tokens.Following.Is("limiter"):
                draft.Rule = draft.Rule with { SourceLimiter = LimiterOfRule() };
                return true;
            default:
                return false;
        }
    }

    private void Keep(FilterDraft draft)
    {
        StateKind keeping = _tokens.Take().Text switch
        {
            "keep" => StateKind.Keep,
            "modulate" => StateKind.Modulate,
            _ => StateKind.Synproxy,
        };
        _tokens.Expect("state", "behind it");
        var options = new StateOptions { IfBound = Options.IfBoundStates };
        if (_tokens.TryTake('('))
        {
            options = StateOptionList(options);
            _tokens.Expect(')', "behind the state options");
        }

        draft.Rule = draft.Rule with { State = keeping, StateOptions = options };
    }

    /// <summary>The options of a state, to the parenthesis or the end of the line.</summary>
    private StateOptions StateOptionList(StateOptions options)
    {
        SourcePosition position = _tokens.Position;
        var said = new HashSet<string>(StringComparer.Ordinal);
        var timeouts = new SortedDictionary<StateTimeout, uint>();
        SourceTracking? explicitTracking = null;
        do
        {
            Token token = _tokens.Current;
            string name = token.Text is "if-bound" or "floating" ? "state locking" : token.Text;
            if (!token.EndsStatement && !said.Add(name))
                _tokens.Fail(token.Position, $"state option '{name}' multiple definitions");
            if (token.Is("source-track")) explicitTracking = Tracking();
            else options = OneStateOption(options, timeouts);
            _tokens.TryTake(',');
        }
        while (!_tokens.HasFailed && !_tokens.Current.Is(')') && !_tokens.Current.EndsStatement);
        return FinishOptions(options, timeouts, explicitTracking, position);
    }

    private SourceTracking Tracking()
    {
        _tokens.Take();
        if (_tokens.TryTake("rule")) return SourceTracking.Rule;
        return _tokens.TryTake("global") ? SourceTracking.Global : SourceTracking.None;
    }

    private StateOptions OneStateOption(StateOptions options, SortedDictionary<StateTimeout, uint> timeouts)
    {
        Token token = _tokens.Take();
        switch (token.Kind == TokenKind.Word ? token.Text : "")
        {
            case "max": return options with { MaxStates = Count(0) };
            case "no-sync": return options with { NoSync = true };
            case "max-src-states": return options with { MaxSourceStates = Count(1) };
            case "max-src-conn": return options with { MaxSourceConnections = Count(1) };
            case "max-src-conn-rate": return options with { MaxSourceConnectionRate = ConnectionRate() };
            case "max-src-nodes": return options with { MaxSourceNodes = Count(1) };
            case "overload": return Overload(options);
            case "if-bound": return options with { IfBound = true };
            case "floating": return options with { IfBound = false };
            case "sloppy": return options with { Sloppy = true };
            case "pflow": return options with { Pflow = true };
            default:
                TimeoutOption(token, timeouts);
                return options;
        }
    }

    private uint Count(uint minimum) => (uint)_tokens.TakeNumber("a number", minimum, uint.MaxValue);

    private PacketRate ConnectionRate()
    {
        SourcePosition position = _tokens.Position;
        PacketRate rate = Rate("connections");
        if (rate.Limit == 0 || rate.Seconds == 0) _tokens.Fail(position, "'max-src-conn-rate' values must be > 0");
        if (rate.Limit > uint.MaxValue / 1000)
            _tokens.Fail(position, $"'max-src-conn-rate' maximum rate must be < {uint.MaxValue / 1000}");
        return rate;
    }

    private StateOptions Overload(StateOptions options)
    {
        _tokens.Expect('<', "behind 'overload'");
        options = options with { OverloadTable = TableName() };
        _tokens.Expect('>', "behind the table's name");
        if (!_tokens.TryTake("flush")) return options;
        return options with { Flush = _tokens.TryTake("global") ? OverloadFlush.Global : OverloadFlush.Rule };
    }

    private void TimeoutOption(Token token, SortedDictionary<StateTimeout, uint> timeouts)
    {
        bool known = StateTimeouts.TryParseName(token.Text, out StateTimeout timeout);
        if (!known)
            Unknown(token, 0, "an option of a state");
        else if (!token.Text.Contains('.'))
            _tokens.Fail(token.Position, $"illegal state timeout {token.Text}");
        else
            timeouts[timeout] = Count(0);
    }

    /// <summary>What follows of the options: how sources are counted, and the timeouts that a limit brings with it.</summary>
    private StateOptions FinishOptions(
        StateOptions options, SortedDictionary<StateTimeout, uint> timeouts, SourceTracking? explicitTracking, SourcePosition position)
    {
        bool perRule = options.MaxSourceConnections > 0 || options.MaxSourceConnectionRate.Limit > 0 || options.MaxSourceNodes > 0;
        if (explicitTracking == SourceTracking.Global && perRule)
        {
            string option = options.MaxSourceNodes > 0 ? "max-src-nodes"
                : options.MaxSourceConnections > 0 ? "max-src-conn" : "max-src-conn-rate";
            _tokens.Fail(position, $"'{option}' is incompatible with 'source-track global'");
        }

        SourceTracking tracking = perRule || explicitTracking == SourceTracking.Rule ? SourceTracking.Rule
            : explicitTracking is not null || options.MaxSourceStates > 0 ? SourceTracking.Global
            : SourceTracking.None;
        if (options.MaxStates > 0 && !timeouts.ContainsKey(StateTimeout.AdaptiveStart) && !timeouts.ContainsKey(StateTimeout.AdaptiveEnd))
        {
            timeouts[StateTimeout.AdaptiveStart] = options.MaxStates / 10 * 6;
            timeouts[StateTimeout.AdaptiveEnd] = options.MaxStates / 10 * 12;
        }

        uint seconds = options.MaxSourceConnectionRate.Seconds;
        if (tracking != SourceTracking.None && timeouts.GetValueOrDefault(StateTimeout.SourceTrack) < seconds)
            timeouts[StateTimeout.SourceTrack] = seconds;
        return options with
        {
            SourceTracking = tracking,
            Timeouts = [.. timeouts.Where(pair => pair.Value != 0).Select(pair => new TimeoutSetting(pair.Key, pair.Value))],
        };
    }

    /// <summary>A pass rule that says nothing keeps state, and with state, of TCP only what opens a connection.</summary>
    private void FinishState(FilterDraft draft)
    {
        if (draft.Rule.Action != PfAction.Pass) return;
        if (!draft.HasSaid(KeepOption))
        {
            StateOptions defaults = Options.StateDefaults ?? new StateOptions { IfBound = Options.IfBoundStates };
            draft.Rule = draft.Rule with { State = StateKind.Keep, StateOptions = defaults };
        }

        if (draft.Rule is { State: not StateKind.None, Fragment: false } && !draft.HasSaid("flags"))
            draft.Rule = draft.Rule with { Flags = TcpFlagsMatch.SynOfSynAck };
    }

    /// <summary><c>state limiter</c> or <c>source limiter</c> as an option of a rule.</summary>
    private LimiterUse LimiterOfRule()
    {
        string kind = _tokens.Take().Text;
        _tokens.Take();
        Token name = _tokens.Current;
        uint id = 0;
        if (_tokens.TryTake("id")) id = Count(1);
        else if (!_limiters.TryGetValue((kind, _tokens.TakeString("the limiter's name").Text), out id))
            _tokens.Fail(name.Position, $"{kind} limiter \"{name.Text}\" not found");
        LimiterAction action = LimiterAction.NoMatch;
        if (_tokens.TryTake('('))
        {
            if (_tokens.TryTake("block")) action = LimiterAction.Block;
            else _tokens.Expect("no-match", "or 'block'");
            _tokens.Expect(')', "behind the limiter's action");
        }

        return new LimiterUse(id, action);
    }
}

using System.Collections.Immutable;
using System.Globalization;

namespace Appliance.Firewall.Language;

/// <content>Options: set.</content>
internal sealed partial class StatementParser
{
    private static readonly ImmutableArray<string> Optimizations =
        ["normal", "default", "satellite", "high-latency", "conservative", "aggressive"];

    private static readonly ImmutableArray<string> DebugLevels = ["none", "urgent", "misc", "loud"];

    private void SetStatement()
    {
        SourcePosition position = _tokens.Take().Position;
        Token option = _tokens.Take();
        bool isKnown = option.Kind == TokenKind.Word && (PolicyOption(option.Text) || ValueOption(option) || RuntimeOption(option));
        if (!isKnown)
        {
            _tokens.Fail(option.Position, $"syntax error: expected an option (timeout, limit, skip, block-policy, state-policy, "
                + $"optimization, …), found {option.Shown}");
        }

        if (CanEnd()) _builder.Add(new PfStatement(position, $"set {option.Text}"));
    }

    /// <summary>Options that say what rules mean.</summary>
    private bool PolicyOption(string option)
    {
        switch (option)
        {
            case "block-policy":
                BlockReplyKind block = Policy();
                Set(options => options with { BlockPolicy = block }, $"set block-policy {RuleText.PolicyWord(block)}");
                return true;
            case "fail-policy":
                BlockReplyKind fail = Policy();
                Set(options => options with { FailPolicy = fail }, $"set fail-policy {RuleText.PolicyWord(fail)}");
                return true;
            case "state-policy":
                bool ifBound = _tokens.TryTake("if-bound");
                if (!ifBound) _tokens.Expect("floating", "or 'if-bound'");
                Set(options => options with { IfBoundStates = ifBound }, $"set state-policy {(ifBound ? "if-bound" : "floating")}");
                return true;
            case "state-defaults":
                SourcePosition position = _tokens.Position;
                StateOptions defaults = StateOptionList(new StateOptions { IfBound = Options.IfBoundStates });
                if (Options.StateDefaults is not null) _tokens.Fail(position, "cannot redefine state-defaults");
                Set(options => options with { StateDefaults = defaults }, []);
                return true;
            case "require-order":
                bool isRequired = YesOrNo();
                Set(options => options with { RequireOrder = isRequired }, $"set require-order {(isRequired ? "yes" : "no")}");
                return true;
            case "skip":
                Skip();
                return true;
            default:
                return false;
        }
    }

    private BlockReplyKind Policy()
    {
        if (_tokens.TryTake("return")) return BlockReplyKind.Return;
        _tokens.Expect("drop", "or 'return'");
        return BlockReplyKind.Silence;
    }

    private bool YesOrNo()
    {
        if (_tokens.TryTake("no")) return false;
        _tokens.Expect("yes", "or 'no'");
        return true;
    }

    private void Skip()
    {
        _tokens.Expect("on", "behind 'skip'");
        ImmutableArray<PfInterface> interfaces = InterfaceList();
        foreach (PfInterface item in interfaces.Where(item => item.Negated))
            _tokens.Fail(item.Position, "skip on ! <interface> is not supported");
        bool none = interfaces is [{ Name: "none" }];
        string line = none ? "set skip on none" : $"set skip on {{ {string.Join(' ', interfaces.Select(item => item.Name))} }}";
        Set(options => options with { Skip = none ? [] : [.. options.Skip, .. interfaces] }, line);
    }

    /// <summary>Options that are one value, or a list of names with values.</summary>
    private bool ValueOption(Token option)
    {
        Order(StatementOrder.Option, option.Position);
        switch (option.Text)
        {
            case "timeout":
                ImmutableArray<TimeoutSetting> timeouts = _tokens.TakeList<TimeoutSetting>(items => items.Add(OneTimeout()));
                Set(options => options with { Timeouts = [.. options.Timeouts, .. timeouts] },
                    [.. timeouts.Select(item => $"set timeout {StateTimeouts.NameOf(item.Timeout)} {item.Value}")]);
                return true;
            case "limit":
                ImmutableArray<LimitSetting> limits = _tokens.TakeList<LimitSetting>(items => items.Add(OneLimit()));
                Set(options => options with { Limits = [.. options.Limits, .. limits] },
                    [.. limits.Select(item => $"set limit {LimitNames.NameOf(item.Limit)} {item.Value}")]);
                return true;
            case "optimization":
                string optimization = OneOf("optimization", Optimizations);
                Set(options => options with
                {
                    Optimization = optimization,
                    Timeouts = options.Timeouts.RemoveAll(item => StateTimeouts.IsOfOptimization(item.Timeout)),
                }, $"set optimization {optimization}");
                return true;
            case "debug":
                string debug = OneOf("debug level", DebugLevels);
                Set(options => options with { Debug = debug }, $"set debug {debug}");
                return true;
            case "loginterface":
                string name = _tokens.TryTake("all") ? "all" : _tokens.TakeString("an interface or 'none'").Text;
                Set(options => options with { LogInterface = name }, $"set loginterface {name}");
                return true;
            case "hostid":
                var id = (uint)Number("a host's number", 1, uint.MaxValue);
                Set(options => options with { HostId = id }, string.Create(CultureInfo.InvariantCulture, $"set hostid 0x{id:x8}"));
                return true;
            default:
                return false;
        }
    }

    private TimeoutSetting OneTimeout()
    {
        Token name = _tokens.Current.Is("interval") ? _tokens.Take() : _tokens.TakeString("the name of a timeout");
        if (!StateTimeouts.TryParseName(name.Text, out StateTimeout timeout)) _tokens.Fail(name.Position, $"unknown timeout {name.Text}");
        return new TimeoutSetting(timeout, Count(0));
    }

    private LimitSetting OneLimit()
    {
        Token name = _tokens.TakeString("the name of a limit");
        if (!LimitNames.TryGetLimit(name.Text, out PfLimit limit))
            _tokens.Fail(name.Position, $"unable to set limit {name.Text}: expected states, src-nodes, frags, table-entries or anchors");
        return new LimitSetting(limit, Count(0));
    }

    private string OneOf(string what, ImmutableArray<string> known)
    {
        Token token = _tokens.TakeString($"a word for the {what}");
        if (!known.Contains(token.Text, StringComparer.Ordinal))
            _tokens.Fail(token.Position, $"unknown {what} {token.Text}: expected {string.Join(", ", known)}");
        return token.Text;
    }

    /// <summary>Options about how pf works rather than what it does.</summary>
    private bool RuntimeOption(Token option)
    {
        switch (option.Text)
        {
            case "fingerprints":
                string file = _tokens.TakeString("the name of a file").Text;
                Set(options => options with { Fingerprints = file }, $"set fingerprints \"{file}\"");
                return true;
            case "ruleset-optimization":
                string optimization = OneOf("ruleset-optimization", ["none", "basic", "profile"]);
                Set(options => options with { RulesetOptimization = optimization }, []);
                return true;
            case "keepcounters":
                Set(options => options with { KeepCounters = true }, []);
                return true;
            case "syncookies":
                Syncookies();
                return true;
            case "reassemble":
                bool isOn = YesOrNo();
                bool noDf = _tokens.TryTake("no-df");
                Set(options => options with { Reassemble = isOn, ReassembleNoDf = noDf },
                    $"set reassemble {(isOn ? "yes" : "no")} {(noDf ? "no-df" : "")}");
                return true;
            default:
                return false;
        }
    }

    private void Syncookies()
    {
        string mode = OneOf("syncookies mode", ["never", "always", "adaptive"]);
        string line = $"set syncookies {mode}";
        if (mode == "adaptive")
        {
            (string start, string end) = ("25%", "12%");
            if (_tokens.TryTake('('))
            {
                _tokens.Expect("start", "and a share of the state limit");
                start = _tokens.TakeString("a percentage").Text;
                _tokens.TryTake(',');
                _tokens.Expect("end", "and a share of the state limit");
                end = _tokens.TakeString("a percentage").Text;
                _tokens.Expect(')', "behind the shares");
            }

            line = $"{line} (start {start}, end {end})";
        }

        Set(options => options with { Syncookies = mode }, line);
    }

    private void Set(Func<PfOptions, PfOptions> change, params IEnumerable<string> lines)
    {
        if (!CanEnd()) return;
        _running.Options = change(_running.Options);
        foreach (string line in lines)
            _builder.AddLine(line);
    }
}

using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// One worker's log: which packets are logged, and with which rules, as pf decides it (pf_test_rule, pf_test). A state's later packets are
/// logged where its rule says <c>log (all)</c>; packets that the firewall refuses whatever the rules say, always.
/// <para>Whoever logs has taken trains apart; a large frame, as a port received it, is one record.</para>
/// </summary>
internal sealed class PacketLog : IDisposable
{
    private RuleList _rules = RuleList.Empty;
    private MatchSets _matches = MatchSets.None;
    private uint _generation;
    private LogRing? _ring;                         // made with the first ruleset, and kept: its reader may be anywhere

    /// <summary>Records that found the ring full.</summary>
    public long Lost => Volatile.Read(ref _ring)?.Lost ?? 0;

    public void Adopt(FirewallModel model, uint generation)
    {
        (_rules, _matches, _generation) = (model.Filter.List, model.Matches, generation);
        if (model.IsOn && _ring is null) Volatile.Write(ref _ring, new LogRing());
    }

    /// <summary>A packet that rules have judged: a record for each rule that logs it, in the order in which they matched.</summary>
    public void Decided(Frame frame, in PacketView view, ref RuleMatch match, in StageContext context)
    {
        if (match.Log == LogOptions.None) return;
        for (int i = 0; i < match.Trail.Count; i++)
        {
            TrailEntry entry = match.Trail[i];
            if (entry.IsLogged) Write(frame, view, entry.Rule, ActionOf(entry.Rule), LogReason.Match, context);
        }

        if (match.LogsDecision) Write(frame, view, match.Rule, ActionOf(match.Rule), LogReason.Match, context);
    }

    /// <summary>A later packet of a state with <see cref="FlowFlags.LogAll"/>. The rules of an earlier ruleset log nothing more.</summary>
    public void OfState(Frame frame, in PacketView view, in FlowRecord state, in StageContext context)
    {
        if ((state.Flags & FlowFlags.LogAll) == FlowFlags.None || state.Ruleset != _generation) return;
        if (LogsAll((int)state.Rule)) Write(frame, view, (int)state.Rule, LogAction.Pass, LogReason.Match, context);
        foreach (int rule in _matches[state.MatchSet])
        {
            if (LogsAll(rule)) Write(frame, view, rule, LogAction.Pass, LogReason.Match, context);
        }
    }

    /// <summary>A packet that is refused although no rule says so.</summary>
    /// <param name="frame">The packet.</param>
    /// <param name="view">What rules see of it.</param>
    /// <param name="rule">The rule that would have passed it, or <see cref="RuleMatch.DefaultRule"/>.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="context">The breath.</param>
    public void Refused(Frame frame, in PacketView view, int rule, LogReason reason, in StageContext context) =>
        Write(frame, view, rule, LogAction.Block, reason, context);

    /// <summary>A packet that a translation rule with <c>log</c> has translated.</summary>
    public void Translated(Frame frame, in PacketView view, RulesetList list, int rule, in StageContext context)
    {
        LogAction action = list switch
        {
            RulesetList.Nat => LogAction.Nat,
            RulesetList.Redirect => LogAction.Rdr,
            _ => LogAction.Binat,
        };
        Write(frame, view, rule, action, LogReason.Match, context, list);
    }

    /// <summary>By the one thread that reads the log.</summary>
    public bool TryRead(out LogRecord record)
    {
        record = default;
        return Volatile.Read(ref _ring) is { } ring && ring.TryRead(out record);
    }

    public void Dispose() => _ring?.Dispose();

    private bool LogsAll(int rule) => rule != RuleMatch.DefaultRule && (_rules[rule].Log & LogOptions.All) != LogOptions.None;

    private LogAction ActionOf(int rule) => _rules[rule].Action switch
    {
        RuleAction.Block => LogAction.Block,
        RuleAction.Match => LogAction.Match,
        _ => LogAction.Pass,
    };

    private void Write(
        Frame frame, in PacketView view, int rule, LogAction action, LogReason reason, in StageContext context,
        RulesetList list = RulesetList.Filter)
    {
        if (_ring is null || !_ring.TryReserve(out int slot)) return;
        ref FrameInfo info = ref frame.Info;
        Span<byte> datagram = frame.Datagram;
        int captured = Math.Min(datagram.Length, LogBytes.Length);
        ref LogRecord record = ref _ring[slot];
        record.Time = context.Now;
        record.Ordinal = info.Ordinal;
        record.Rule = rule;
        record.Generation = _generation;
        record.DatagramLength = datagram.Length;
        record.TransportOffset = info.TransportOffset - info.NetworkOffset;
        record.Captured = (ushort)captured;
        record.Port = view.Port;
        record.Tag = view.Tag;
        record.List = list;
        record.Direction = view.Direction;
        record.Action = action;
        record.Reason = reason;
        record.Family = view.Family;
        record.Protocol = view.Protocol;
        record.IsLaterFragment = view.IsLaterFragment;
        datagram[..captured].CopyTo(record.Bytes);
        _ring.Publish();
    }
}

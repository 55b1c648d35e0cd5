using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Judges frames that have no state by the rules, and makes the states of those that pass.
/// <code>
///   translation rules ──► filter rules, which see the packet as translated ──► block: refuse, and give back what was taken
///    (rdr, binat, nat)     (a match rule may translate on the way)        └──► pass: state, then the frame is rewritten
/// </code>
/// </summary>
internal sealed class RuleJudge(FirewallPlace place, IUnreachableReplies unreachable)
{
    private RuleMatch _match;
    private RuleCandidates? _met;                                       // of the packet that is judged, where a trace wants them

    public void Judge(FrameBatch batch, Frame frame, in PacketFacts facts, FlowTable table, in StageContext context)
    {
        PacketView view = facts.View with { Frames = frame.WireFrames, Bytes = PacketFacts.DatagramBytes(frame) };
        NewTranslation translation = NewTranslation.None(StateEndpoints.Of(facts));
        var probe = new TranslationProbe(
            table, place.Shard.Sharing, place.Shard.Ports, facts, frame.Info.Bucket, place.Shard.PortSearch, context.Now);
        _met = context.Trace is { WantsCandidates: true } ? new RuleCandidates(place.Shard.Model, place.Shard.Matchers) : null;
        bool isDecided = Decide(frame, facts, ref view, ref translation, ref probe, context);
        if (_met is { Text: { Length: > 0 } met }) context.Trace?.Explain(frame, met);
        DropReason refused = isDecided
            ? Admit(frame, facts, view, ref translation, table, context)
            : DropReason.NatExhausted;
        if (refused == DropReason.None) return;
        translation.GiveBack(place.Shard.Sharing);
        batch.Drop(frame, refused);
    }

    /// <summary>Asks the rules, translations first. False: a rule wants to translate and has nothing to translate to.</summary>
    private bool Decide(
        Frame frame, in PacketFacts facts, ref PacketView view, ref NewTranslation translation, ref TranslationProbe probe,
        in StageContext context)
    {
        RulesetMatcher matchers = place.Shard.Matchers;
        bool canTranslate = facts.Kind == PacketKind.Flow && !facts.IsReply;
        if (canTranslate) _met?.AskTranslation(view);
        if (canTranslate && matchers.TryFindTranslation(view, ref _match, out RulesetList list))
        {
            IRuleMatcher by = matchers[list];
            Rule rule = by.Rules[_match.Rule];
            by.Counters.CountDecision(_match, view);
            if (rule.Log != LogOptions.None) place.Shard.Log.Translated(frame, view, list, _match.Rule, context);
            view = view with { Tag = _match.Tag };
            if (!TryTranslate(frame, facts, rule, PackedRule.Pack(list, _match.Rule), ref view, ref translation, ref probe, context))
                return false;
            if (rule.PassesFilter && translation.IsAny)
            {
                _match.PassUnasked(view.Tag);
                return true;
            }
        }

        _met?.AskFilter(view);
        matchers.Filter.Evaluate(view, ref _match);
        while (_match.IsPending)
        {
            uint reference = PackedRule.Pack(RulesetList.Filter, _match.Pending);
            Rule rule = matchers.Filter.Rules[_match.Pending];
            if (canTranslate && !TryTranslate(frame, facts, rule, reference, ref view, ref translation, ref probe, context)) return false;
            _met?.AskOn(view);
            matchers.Filter.Resume(view, ref _match);
        }

        matchers.Filter.Counters.CountDecision(_match, view);
        place.Shard.Tables.Count(_match.Rule, view, _match.Action == RuleAction.Pass);
        place.Shard.Log.Decided(frame, view, ref _match, context);
        if (!canTranslate || _match.IsDefault || _match.Action == RuleAction.Block) return true;
        Rule decided = matchers.Filter.Rules[_match.Rule];
        return decided.Translation == Rule.None || TryTranslate(
            frame, facts, decided, PackedRule.Pack(RulesetList.Filter, _match.Rule), ref view, ref translation, ref probe, context);
    }

    private bool TryTranslate(
        Frame frame, in PacketFacts facts, Rule rule, uint reference, ref PacketView view, ref NewTranslation translation,
        ref TranslationProbe probe, in StageContext context)
    {
        LiveTranslation by = place.Shard.Model.Translations[rule.Translation];
        if (!translation.TryApply(facts, frame.Info.Bucket, by, reference, ref probe))
        {
            if (context.Trace is { } trace)
                FirewallPlace.Tell(trace, frame, $"{rule.Id} has no address or port left to translate to", rule.Id);
            return false;
        }

        if (context.Trace is { } told) told.Explain(frame, $"translated by {rule.Id}");
        bool hasPorts = facts.Track is TrackKind.Tcp or TrackKind.Udp or TrackKind.Sctp;
        view = view with
        {
            Source = translation.Ends.Source,
            Destination = translation.Ends.Destination,
            SourcePort = hasPorts ? translation.Ends.SourcePort : (ushort)0,
            DestinationPort = hasPorts ? translation.Ends.DestinationPort : (ushort)0,
        };
        return true;
    }

    /// <summary>Carries out what the rules have decided; answers why the frame is dropped.</summary>
    private DropReason Admit(
        Frame frame, in PacketFacts facts, in PacketView view, ref NewTranslation translation, FlowTable table, in StageContext context)
    {
        Rule? rule = _match.IsDefault ? null : place.Shard.Matchers.Filter.Rules[_match.Rule];
        if (_match.Action == RuleAction.Block) return Block(frame, rule!, context);

        if (FirewallPlace.HasOptions(frame) && rule is not { AllowOptions: true })
        {
            if (context.Trace is { } refusing)
                FirewallPlace.Tell(refusing, frame, $"IP options, which {rule?.Id ?? "the default rule"} does not allow", rule?.Id);
            place.Shard.Log.Refused(frame, view, _match.Rule, LogReason.IpOption, context);
            return DropReason.Block;
        }

        if (context.Trace is { } pass) TellPass(pass, frame, rule, translation);
        frame.Info.Tag = _match.Tag;
        return Pass(frame, facts, rule, ref translation, table, context);
    }

    /// <summary>What has passed: its way, its state, its new endpoints.</summary>
    private DropReason Pass(
        Frame frame, in PacketFacts facts, Rule? rule, ref NewTranslation translation, FlowTable table, in StageContext context)
    {
        ushort way = 0;
        RouteKind kind = default;
        if (rule is { Route: not Rule.None } && !TryChooseWay(facts, rule, out way, out kind))
        {
            context.Trace?.Explain(frame, $"{rule.Id} has no next hop for it");
            return DropReason.NoRoute;
        }

        ushort sent = kind == RouteKind.RouteTo ? way : (ushort)0;
        bool mayKeepState = facts.Kind == PacketKind.Flow && !facts.IsReply;
        bool keepsState = translation.IsAny || (mayKeepState && rule is { State.Kind: not StateKind.None });
        if (!keepsState)
        {
            if (!place.IsIn) frame.Info.Flow = 0;
            GiveBackWay(facts, rule, way);
            return sent == 0 || place.TrySend(frame, sent, context) ? DropReason.None : DropReason.NoNeighbour;
        }

        StatePolicy policy = rule is { State.Kind: not StateKind.None } ? rule.State : StatePolicy.Keep;
        DropReason refused = TryKeepState(frame, facts, rule, policy, ref translation, table, context);
        if (refused != DropReason.None)
        {
            context.Trace?.Explain(frame, "no state can be made");
            GiveBackWay(facts, rule, way);
            return refused;
        }

        ref FlowRecord state = ref table[(int)frame.Info.Flow - 1];
        state.GivenWay = way;
        if (way != 0) state.StickyWay = place.Shard.Model.Ways[rule!.Route].Sticky?.Number ?? 0;
        if (kind == RouteKind.ReplyTo) state.Flags |= FlowFlags.AnswersByWay;
        refused = sent != 0 && !place.TrySend(frame, sent, context) ? DropReason.NoNeighbour
            : translation.IsAny && !place.TryTranslate(frame, translation.Ends, context) ? DropReason.Short
            : DropReason.None;
        if (refused != DropReason.None) translation = NewTranslation.None(translation.Ends);    // the state is there, with what was taken
        return refused;
    }

    private DropReason Block(Frame frame, Rule rule, in StageContext context)
    {
        if (context.Trace is { } trace) FirewallPlace.Tell(trace, frame, $"blocked by {rule.Id}", rule.Id);
        Refuse(frame, rule.Reply, context);
        return DropReason.Block;
    }

    private void TellPass(IPathTrace trace, Frame frame, Rule? rule, in NewTranslation translation)
    {
        string? id = rule?.Id ?? (translation.IsAny ? place.RuleOf(translation.Rule).Id : null);
        FirewallPlace.Tell(trace, frame, $"passed by {id ?? "the default rule"}", id);
    }

    /// <summary>
    /// Where route-to and reply-to lead, by the endpoints as they came. False: to nowhere; the packet is dropped rather than sent by the
    /// routes, which its rule did not mean.
    /// </summary>
    private bool TryChooseWay(in PacketFacts facts, Rule rule, out ushort way, out RouteKind kind)
    {
        LiveRoute route = place.Shard.Model.Ways[rule.Route];
        (way, kind) = (0, route.Kind);
        FrameEndpoints ends = StateEndpoints.Of(facts);
        if (!route.TryChoose(ends, facts.View.IsV6, out RouteChoice choice)) return false;
        if (place.Shard.Ways.TryNumber(choice, out way)) return true;
        route.Unstick(ends.Source, facts.View.IsV6);
        return false;
    }

    /// <summary>There is no state whose end would: the source may go another way next time.</summary>
    private void GiveBackWay(in PacketFacts facts, Rule? rule, ushort way)
    {
        if (way != 0) place.Shard.Model.Ways[rule!.Route].Unstick(StateEndpoints.Of(facts).Source, facts.View.IsV6);
    }

    private DropReason TryKeepState(
        Frame frame, in PacketFacts facts, Rule? rule, StatePolicy policy, ref NewTranslation translation, FlowTable table,
        in StageContext context)
    {
        bool isBound = policy.Binding == StateBinding.IfBound
            || (policy.Binding == StateBinding.Default && place.Shard.Model.IsIfBound);
        FlowKey here = isBound ? facts.Key : facts.Key with { Port = FlowKey.AnyPort };
        FlowKey behind = translation.IsAny ? StateEndpoints.KeyBehind(facts, translation.Ends) with { Port = here.Port } : here;
        bool isOfAnswer = place.IsIn
            ? (frame.Info.Traits & FrameTraits.Redirected) != FrameTraits.None
            : place.Shard.Aliases.IsOfAnswer(frame);
        uint account = place.Shard.Model.AccountOf(_match.Rule);
        NewFlow flow = place.IsIn
            ? new NewFlow(here, behind, FlowDirection.In, frame.Info.Bucket, 1, account, isOfAnswer)
            : new NewFlow(behind, here, FlowDirection.Out, frame.Info.Bucket, 1, account, isOfAnswer);
        bool isKnown = !place.IsIn && frame.Info.Flow != 0;
        DropReason refused = translation.IsAny
            ? translation.Settle(place.Shard.Claims, flow, isKnown, place.Shard.Model)
            : translation.ClaimAsItIs(place.Shard.Claims, flow, isKnown, place.Shard.Model);
        if (refused != DropReason.None) return refused;
        if (!place.Shard.TryOpen(flow, context.Now, out int index, out refused)) return refused;
        ref FlowRecord state = ref table[index];
        state.Flags |= FlagsOf(policy, rule, translation);
        state.Rule = (uint)_match.Rule;
        state.Ruleset = place.Shard.Generation;
        state.TranslationRule = translation.Rule;
        (state.StickySource, state.StickyDestination) = (translation.StickySource, translation.StickyDestination);
        if ((_match.Log & LogOptions.All) != LogOptions.None) state.Flags |= FlowFlags.LogAll;
        state.MatchSet = place.Shard.Model.Matches.Enter(ref _match.Trail);
        state.Port = facts.View.Port;
        state.Id = place.Shard.NextStateId();
        state.Tag = _match.Tag;
        StateTimeout timeout = FlowTracker.Begin(ref state, facts, frame.Transport);
        table.Touch(index, context.Now, place.Shard.SecondsOf(state, timeout));
        state.ForwardPackets = 1;
        state.ForwardBytes = (ulong)frame.Info.DatagramLength;
        JoinWithIngress(frame, index, table);
        frame.Info.Flow = (uint)index + 1;
        place.Shard.Note(index);
        place.Shard.Hold.Begin(frame, ref state);
        place.Shard.CountCreated(state);
        context.Counters.StatesCreated++;
        return refused;
    }

    private static FlowFlags FlagsOf(StatePolicy policy, Rule? rule, in NewTranslation translation) =>
        (policy.Sloppy ? FlowFlags.Sloppy : FlowFlags.None)
        | (policy.NoSync ? FlowFlags.NoSync : FlowFlags.None)
        | (rule is { AllowOptions: true } ? FlowFlags.AllowsOptions : FlowFlags.None)
        | (translation.IsAny ? FlowFlags.Translated : FlowFlags.None)
        | (translation.Claim != 0 ? FlowFlags.HoldsAnswers : FlowFlags.None)
        | (translation.ArrivalClaim != 0 ? FlowFlags.HoldsArrival : FlowFlags.None)
        | (translation.IsMapped ? FlowFlags.HoldsMapping : FlowFlags.None);

    /// <summary>The state by which the frame came in is of the same connection.</summary>
    private void JoinWithIngress(Frame frame, int flow, FlowTable table)
    {
        if (place.IsIn || frame.Info.Flow == 0) return;
        int ingress = (int)frame.Info.Flow - 1;
        ref FlowRecord came = ref table[ingress];
        bool isThere = (came.Flags & FlowFlags.InUse) != FlowFlags.None && came.Stack.Turned().IsSameFlow(table[flow].Stack);
        if (isThere && came.Partner == FlowRecord.Nobody && came.Bucket == table[flow].Bucket) table.Join(flow, ingress);
    }

    /// <summary>As pf_return has it: messages of ICMP, fragments of them too, are refused in silence.</summary>
    private void Refuse(Frame frame, in BlockReply reply, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        TrackKind kind = TrackKinds.Of(info.Network, info.Protocol);
        bool isFragment = (info.Traits & FrameTraits.Fragment) != FrameTraits.None;
        bool resets = kind == TrackKind.Tcp && !isFragment && reply.Kind is BlockReplyKind.Reset or BlockReplyKind.Return;
        bool isMessage = kind is TrackKind.Icmp or TrackKind.Icmpv6;
        bool answers = !isMessage && reply.Kind is BlockReplyKind.Return or BlockReplyKind.Unreachable;
        if (resets) ResetReply.TryRefuse(frame, reply.ResetTtl, context);
        else if (answers) unreachable.TryReply(frame, reply.IcmpCode, reply.Icmpv6Code, context);
    }
}

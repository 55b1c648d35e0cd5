using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>One of the two places where frames are judged, and the worker whose it is: what those who judge there share.</summary>
internal sealed class FirewallPlace(FirewallShard shard, RuleDirection direction, IFlowRouter router)
{
    public FirewallShard Shard => shard;

    public RuleDirection Direction => direction;

    public bool IsIn => direction == RuleDirection.In;

    /// <summary>The side of a state by which a frame finds it here.</summary>
    public FlowSide Side => direction == RuleDirection.In ? FlowSide.Wire : FlowSide.Stack;

    /// <summary>The logical port that a frame passes here.</summary>
    public ushort PortOf(Frame frame) => IsIn ? frame.Info.IngressPort : frame.Info.EgressPort;

    /// <summary>
    /// What a frame has found, if its bucket has that: a state of another bucket is not for it to find although this worker has it. Of as
    /// many workers as there are buckets none would. Where frames come in, their bucket may have an alias, and they have to be brought to
    /// their connection's; where they go out, they have been. Frames that are made here are of no bucket; they are made where the state
    /// is of what they answer.
    /// </summary>
    public FlowHit Own(Frame frame, in FlowKey key, FlowHit hit, FlowTable table)
    {
        if (hit.IsMiss || (hit.IsState && table[hit.Index].Bucket == frame.Info.Bucket)) return hit;
        if (IsIn) return table.FindArriving(frame.Info.Bucket, key);
        bool isMadeHere = (frame.Info.Traits & FrameTraits.Generated) != FrameTraits.None;
        return isMadeHere ? hit : table.FindOf(frame.Info.Bucket, key, Side);
    }

    /// <summary>Looks for a frame's state, or its alias.</summary>
    public FlowHit Find(Frame frame, in FlowKey key, FlowTable table) => Own(frame, key, table.Find(key, Side), table);

    /// <summary>Counts frames with the state and with its rule, if that is still in force.</summary>
    public void Count(ref FlowRecord state, in PacketFacts facts)
    {
        state.Count(Side, facts.View.Frames, facts.View.Bytes);
        if (state.Ruleset == shard.Generation) shard.CountOfState(state, facts.View);
    }

    /// <summary>
    /// Sends a frame the way that its state's rule gives to frames of this direction, if any. False: nobody answers there.
    /// </summary>
    public bool TrySend(Frame frame, in FlowRecord state, in StageContext context)
    {
        if (state.GivenWay == 0) return true;
        bool isAnswer = !state.IsForward(Side);
        return isAnswer != ((state.Flags & FlowFlags.AnswersByWay) != FlowFlags.None) || TrySend(frame, state.GivenWay, context);
    }

    /// <summary>Where it comes in, the routes will not be asked; where it goes out, they have been in vain.</summary>
    public bool TrySend(Frame frame, ushort way, in StageContext context)
    {
        context.Trace?.Explain(frame, "sent the way of its rule");
        if (!IsIn) return router.TryTake(frame, way);
        frame.Info.Way = way;
        return true;
    }

    /// <summary>Gives a frame the endpoints that it has behind this place. False: its transport header is not all there.</summary>
    public bool TryTranslate(Frame frame, in FrameEndpoints ends, in StageContext context)
    {
        if (!HeaderRewriter.TryRewrite(frame, ends)) return false;
        if (!IsIn) frame.Info.Traits |= FrameTraits.LeavesTranslated;
        context.Trace?.Explain(frame, TranslationText.Of(frame));
        return true;
    }

    /// <summary>A frame has passed both places by the two states of its connection: the next ones may go the short way.</summary>
    public void NoteWay(Frame frame, in PacketFacts facts, ref FlowRecord came, in FlowRecord leaves)
    {
        ref FrameInfo info = ref frame.Info;
        uint epoch = shard.Epoch.Number;
        if (ExpressWay.IsKnown(ref came, info.IngressPort, epoch) || facts.View.IsV6) return;
        if ((info.Traits & (FrameTraits.Generated | FrameTraits.Seeking | FrameTraits.Awaiting)) != FrameTraits.None) return;
        if (facts.Track is not (TrackKind.Tcp or TrackKind.Udp)) return;
        ExpressWay.Note(ref came, leaves, frame, epoch);
    }

    /// <summary>For a trace: what was decided, and by which rule. Null: by none.</summary>
    public static void Tell(IPathTrace trace, Frame frame, string detail, string? rule)
    {
        trace.Explain(frame, detail);
        if (rule is not null) trace.Decided(frame, rule);
    }

    /// <summary>For a trace: a state decides, and so the rule that made it.</summary>
    /// <param name="detail">Before "state of", or nothing.</param>
    public void TellState(IPathTrace trace, Frame frame, string detail, in FlowRecord state)
    {
        string? rule = state.Ruleset != shard.Generation ? null
            : (int)state.Rule != RuleMatch.DefaultRule ? shard.Matchers.Filter.Rules[(int)state.Rule].Id
            : state.TranslationRule != PackedRule.None ? RuleOf(state.TranslationRule).Id
            : null;
        Tell(trace, frame, $"{detail}state of {rule ?? "an earlier ruleset"}", rule);
    }

    /// <summary>A rule by its <see cref="PackedRule"/>.</summary>
    public Rule RuleOf(uint reference) => shard.Matchers[PackedRule.ListOf(reference)].Rules[PackedRule.IndexOf(reference)];

    /// <summary>The rule that made a state, by its index, if it is still in force; else none.</summary>
    public int RuleOf(in FlowRecord state) => state.Ruleset == shard.Generation ? (int)state.Rule : RuleMatch.DefaultRule;

    /// <summary>What a rule has to allow: any option of IPv4, and of the extension headers of IPv6 those that route.</summary>
    public static bool HasOptions(Frame frame)
    {
        FrameTraits asked = frame.Info.Network == NetworkKind.Ipv4 ? FrameTraits.Options : FrameTraits.RoutingHeader;
        return (frame.Info.Traits & asked) != FrameTraits.None;
    }

    /// <summary>Whether a frame has no options, or its state's rule allows them; if not, that is logged.</summary>
    public bool AllowsOptions(Frame frame, in PacketFacts facts, in FlowRecord state, in StageContext context)
    {
        if (!HasOptions(frame) || (state.Flags & FlowFlags.AllowsOptions) != FlowFlags.None) return true;
        if (context.Trace is { } refusing) TellState(refusing, frame, "IP options, which are not allowed: ", state);
        shard.Log.Refused(frame, facts.View, RuleOf(state), LogReason.IpOption, context);
        return false;
    }
}

using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>Judges frames that have no state by the rules, and makes the states of those that pass.</summary>
internal sealed class RuleJudge(FirewallPlace place, IUnreachableReplies unreachable)
{
    private RuleMatch _match;

    public void Judge(FrameBatch batch, Frame frame, in PacketFacts facts, FlowTable table, in StageContext context)
    {
        PacketView view = facts.View with { Frames = frame.WireFrames, Bytes = PacketFacts.DatagramBytes(frame) };
        place.Shard.Matcher.Evaluate(view, ref _match);
        place.Shard.Matcher.Counters.CountDecision(_match, view);
        place.Shard.Tables.Count(_match.Rule, view, _match.Action == RuleAction.Pass);
        place.Shard.Log.Decided(frame, view, ref _match, context);
        Rule? rule = _match.IsDefault ? null : place.Shard.Matcher.Rules[_match.Rule];
        if (_match.Action == RuleAction.Block)
        {
            if (context.Trace is { } trace) trace.Explain(frame, $"blocked by {rule!.Id}");
            Refuse(batch, frame, rule!.Reply, facts.Track, context);
            return;
        }

        if (FirewallPlace.HasOptions(frame) && rule is { AllowOptions: false })
        {
            context.Trace?.Explain(frame, $"IP options, which {rule.Id} does not allow");
            place.Shard.Log.Refused(frame, view, _match.Rule, LogReason.IpOption, context);
            batch.Drop(frame, DropReason.Block);
            return;
        }

        if (context.Trace is { } pass) pass.Explain(frame, rule is null ? "passed by the default rule" : $"passed by {rule.Id}");
        frame.Info.Tag = _match.Tag;
        if (rule is null || rule.State.Kind == StateKind.None || facts.Kind != PacketKind.Flow || facts.IsReply) return;
        DropReason refused = TryKeepState(frame, facts, rule, table, context);
        if (refused == DropReason.None) return;
        context.Trace?.Explain(frame, "no state can be made");
        batch.Drop(frame, refused);
    }

    private DropReason TryKeepState(Frame frame, in PacketFacts facts, Rule rule, FlowTable table, in StageContext context)
    {
        bool isBound = rule.State.Binding == StateBinding.IfBound
            || (rule.State.Binding == StateBinding.Default && place.Shard.Model.IsIfBound);
        FlowKey key = isBound ? facts.Key : facts.Key with { Port = FlowKey.AnyPort };
        FlowDirection way = place.IsIn ? FlowDirection.In : FlowDirection.Out;
        FlowAdmission admission = table.TryInsert(new NewFlow(key, key, way, frame.Info.Bucket, 1), context.Now, out int flow);
        if (admission != FlowAdmission.Admitted) return admission == FlowAdmission.Collision ? DropReason.Block : DropReason.StateLimit;
        place.Shard.NoteChange();
        ref FlowRecord state = ref table[flow];
        state.Flags |= (rule.State.Sloppy ? FlowFlags.Sloppy : FlowFlags.None)
            | (rule.AllowOptions ? FlowFlags.AllowsOptions : FlowFlags.None) | (rule.State.NoSync ? FlowFlags.NoSync : FlowFlags.None);
        if ((_match.Log & LogOptions.All) != LogOptions.None) state.Flags |= FlowFlags.LogAll;
        state.MatchSet = place.Shard.Model.Matches.Enter(ref _match.Trail);
        state.Rule = (uint)_match.Rule;
        state.Ruleset = place.Shard.Generation;
        state.Port = facts.View.Port;
        state.Id = place.Shard.NextStateId();
        state.Tag = _match.Tag;
        StateTimeout timeout = FlowTracker.Begin(ref state, facts, frame.Transport);
        table.Touch(flow, context.Now, (uint)place.Shard.Model.Timeouts[timeout]);
        state.ForwardPackets = 1;
        state.ForwardBytes = (ulong)frame.Info.DatagramLength;
        JoinWithIngress(frame, flow, table);
        frame.Info.Flow = (uint)flow + 1;
        place.Shard.CountCreated(state);
        context.Counters.StatesCreated++;
        return DropReason.None;
    }

    /// <summary>The state by which the frame came in is of the same connection.</summary>
    private void JoinWithIngress(Frame frame, int flow, FlowTable table)
    {
        if (place.IsIn || frame.Info.Flow == 0) return;
        int ingress = (int)frame.Info.Flow - 1;
        ref FlowRecord came = ref table[ingress];
        bool isThere = (came.Flags & FlowFlags.InUse) != FlowFlags.None && came.Stack.Turned().IsSameFlow(table[flow].Stack);
        if (isThere && came.Partner == FlowRecord.Nobody && came.Bucket == table[flow].Bucket) table.Join(flow, ingress);
    }

    private void Refuse(FrameBatch batch, Frame frame, in BlockReply reply, TrackKind kind, in StageContext context)
    {
        bool resets = kind == TrackKind.Tcp && reply.Kind is BlockReplyKind.Reset or BlockReplyKind.Return;
        bool answers = reply.Kind is BlockReplyKind.Return or BlockReplyKind.Unreachable;
        if (resets) ResetReply.TryRefuse(frame, reply.ResetTtl, context);
        else if (answers) unreachable.TryReply(frame, reply.IcmpCode, reply.Icmpv6Code, context);
        batch.Drop(frame, DropReason.Block);
    }
}

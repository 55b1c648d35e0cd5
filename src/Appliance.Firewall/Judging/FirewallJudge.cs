using System.Diagnostics;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Judges the frames of batches at one of the two places where frames are judged: where they come in, or where they go out. States first;
/// rules for what has none.
/// <code>
///   frame ──► state? ──yes──► tracker: passes, is dropped, is challenged, or begins anew ──┐
///               │ no                                                                       │
///               └──────────► rules: block (and answer), pass, pass and keep state ◄────────┘
/// </code>
/// A train is judged as one while its state accepts all of it, and taken apart for everything else.
/// </summary>
internal sealed class FirewallJudge(FirewallShard shard, RuleDirection direction, IUnreachableReplies unreachable)
{
    private const int MaxFrames = FrameBatch.DefaultCapacity;

    private readonly PacketFacts[] _facts = new PacketFacts[MaxFrames];
    private readonly FlowKey[] _keys = new FlowKey[MaxFrames];
    private readonly FlowHit[] _hits = new FlowHit[MaxFrames];
    private RuleMatch _match;
    private bool _tableChanged;                                         // since the look-up: what it found may be gone, or no more all

    private FlowSide Side => direction == RuleDirection.In ? FlowSide.Wire : FlowSide.Stack;

    public void Process(FrameBatch batch, in StageContext context)
    {
        FlowTable table = shard.TableAt(context);
        for (int from = 0; from < batch.Count;)
            from = JudgeFrom(from, batch, table, context);
    }

    /// <summary>Judges from an index on. Answers where to go on: behind the last frame, or behind a train that was taken apart.</summary>
    private int JudgeFrom(int from, FrameBatch batch, FlowTable table, in StageContext context)
    {
        int count = Math.Min(batch.Count - from, MaxFrames);
        Debug.Assert(count > 0);
        for (int i = 0; i < count; i++)
        {
            Frame frame = batch.Frames[from + i];
            _facts[i] = IsExempt(frame) ? default : PacketFacts.Read(frame, direction, PortOf(frame));
            _keys[i] = _facts[i].Key;
        }

        table.Lookup(_keys.AsSpan(0, count), Side, _hits);
        table.Prefetch(_hits.AsSpan(0, count));
        _tableChanged = false;
        for (int i = 0; i < count; i++)
        {
            if (IsExempt(batch.Frames[from + i])) continue;
            if (JudgeOne(batch, from + i, ref _facts[i], _hits[i], table, context)) continue;
            return from + i;                                            // taken apart: its head is judged again, alone
        }

        return from + count;
    }

    private ushort PortOf(Frame frame) => direction == RuleDirection.In ? frame.Info.IngressPort : frame.Info.EgressPort;

    /// <summary>What the firewall or a link's own protocol sends, and ports that are not looked at.</summary>
    private bool IsExempt(Frame frame) =>
        (frame.Info.Traits & (FrameTraits.Unfiltered | FrameTraits.LinkComplete)) != FrameTraits.None
        || shard.Model.Skip.Contains(PortOf(frame));

    /// <summary>False: the frame was a train, and has been taken apart instead.</summary>
    private bool JudgeOne(FrameBatch batch, int index, ref PacketFacts facts, FlowHit hit, FlowTable table, in StageContext context)
    {
        Frame frame = batch.Frames[index];
        switch (facts.Kind)
        {
            case PacketKind.Malformed:
                context.Trace?.Explain(frame, "transport header not all there");
                batch.Drop(frame, DropReason.Short);
                return true;
            case PacketKind.Error:
                JudgeError(batch, index, facts, table, context);
                return true;
            case PacketKind.Fragment:
                JudgeByRules(batch, frame, facts, table, context);
                return true;
            default:
                break;
        }

        if (_tableChanged) hit = table.Find(facts.Key, Side);
        if (hit.IsState && table.IsExpired(hit.Index, context.Now))
        {
            End(table, hit.Index, FlowEnd.Expired);
            hit = default;
        }

        if (hit.IsState) return Follow(batch, index, ref facts, hit.Index, table, context);
        if (frame.IsTrain)
        {
            batch.Uncouple(index);
            return false;
        }

        JudgeByRules(batch, frame, facts, table, context);
        return true;
    }

    private bool Follow(FrameBatch batch, int index, ref PacketFacts facts, int flow, FlowTable table, in StageContext context)
    {
        Frame frame = batch.Frames[index];
        ref FlowRecord state = ref table[flow];
        bool forward = state.IsForward(Side);
        TrackOutcome outcome;
        StateTimeout timeout;
        if (facts.Track == TrackKind.Tcp)
        {
            TcpSegmentFacts.TryRead(TransportOf(frame), out TcpSegmentFacts segment);
            ref TcpTrack track = ref state.Tracker.As<TcpTrack>();
            if (frame.WireFrames > 1)
            {
                TcpSegmentFacts together = FlowTracker.ReadAll(frame, segment);
                if (!TcpTracker.TryAdvanceTrain(ref track, together, forward, out TrackVerdict all) && frame.IsTrain)
                {
                    batch.Uncouple(index);
                    return false;
                }

                outcome = all.Passes ? all.Outcome : TrackOutcome.Drop;
            }
            else
            {
                outcome = TcpTracker.Advance(ref track, segment, forward).Outcome;
            }

            timeout = track.Timeout;
            if (outcome is TrackOutcome.Challenge or TrackOutcome.Reset) Answer(frame, ref track, segment, forward, outcome, context);
        }
        else
        {
            outcome = FlowTracker.Advance(ref state, facts.Track, TransportOf(frame), forward, out timeout);
        }

        Finish(batch, frame, facts, flow, outcome, timeout, table, context);
        return true;
    }

    private void Finish(
        FrameBatch batch, Frame frame, in PacketFacts facts, int flow, TrackOutcome outcome, StateTimeout timeout, FlowTable table,
        in StageContext context)
    {
        if (outcome == TrackOutcome.Reuse)
        {
            End(table, flow, FlowEnd.Removed);
            JudgeByRules(batch, frame, facts, table, context);
            return;
        }

        ref FlowRecord state = ref table[flow];
        if (outcome > TrackOutcome.PassUnchanged)
        {
            context.Trace?.Explain(frame, "the state does not accept it: outside of the connection's window");
            batch.Drop(frame, DropReason.TcpWindow);
            return;
        }

        if (HasOptions(frame) && (state.Flags & FlowFlags.AllowsOptions) == FlowFlags.None)
        {
            context.Trace?.Explain(frame, "IP options, and the rule of its state does not allow them");
            batch.Drop(frame, DropReason.Block);
            return;
        }

        if (outcome == TrackOutcome.Pass) table.Touch(flow, context.Now, (uint)shard.Model.Timeouts[timeout]);
        Count(ref state, facts);
        frame.Info.Flow = (uint)flow + 1;
        if (state.Tag != 0) frame.Info.Tag = state.Tag;
        if (context.Trace is { } trace) trace.Explain(frame, $"state of {RuleText(state)}");
    }

    /// <summary>
    /// An error belongs to the flow that it quotes, and goes to who sent what it quotes; what belongs to none is judged by rules.
    /// </summary>
    private void JudgeError(FrameBatch batch, int index, in PacketFacts facts, FlowTable table, in StageContext context)
    {
        Frame frame = batch.Frames[index];
        bool v6 = facts.View.IsV6;
        if (!QuotedDatagram.TryRead(TransportOf(frame), v6, out QuotedDatagram quoted))
        {
            JudgeByRules(batch, frame, facts, table, context);
            return;
        }

        var flow = new FrameEndpoints(quoted.Source, quoted.Destination, quoted.SourcePort, quoted.DestinationPort);
        if (direction == RuleDirection.In && (frame.Info.Traits & FrameTraits.Generated) == FrameTraits.None)
        {
            ushort bucket = QuotedBucket.Of(shard.Steering, v6, flow);
            if (!Redirection.IsJudgedHere(frame, bucket, shard.IsPresent(bucket), shard.Steering.Table, shard.Worker)
                && Redirection.TryHandOff(batch, index, bucket, shard.Steering.Table, context.Counters)) return;
        }

        FlowHit hit = table.Find(KeyOf(quoted, flow, facts.View.Port), Side);
        if (!hit.IsState || table.IsExpired(hit.Index, context.Now))
        {
            JudgeByRules(batch, frame, facts, table, context);
            return;
        }

        ref FlowRecord state = ref table[hit.Index];
        bool sentByInitiator = !state.IsForward(Side);                  // the error goes against what it is about
        bool belongs = quoted.IsFor(facts.View.Destination)
            && (quoted.Kind != TrackKind.Tcp
                || TcpTracker.AcceptsQuotation(state.Tracker.As<TcpTrack>(), quoted.SecondWord, sentByInitiator));
        if (!belongs)
        {
            context.Trace?.Explain(frame, "it quotes a flow that it cannot be about");
            batch.Drop(frame, DropReason.Block);
            return;
        }

        Count(ref state, facts);
        if (context.Trace is { } trace) trace.Explain(frame, $"about a state of {RuleText(state)}");
    }

    /// <summary>The key that the error's own direction gives the flow: what it quotes went the other way.</summary>
    private FlowKey KeyOf(in QuotedDatagram quoted, in FrameEndpoints flow, ushort port)
    {
        FrameEndpoints ends = flow;
        if (quoted.Kind is TrackKind.Icmp or TrackKind.Icmpv6)
        {
            ends = quoted.Query.IsReply
                ? flow with { SourcePort = quoted.Query.QueryType, DestinationPort = quoted.Query.Identifier }
                : flow with { SourcePort = quoted.Query.Identifier, DestinationPort = quoted.Query.QueryType };
        }

        return direction == RuleDirection.In
            ? new FlowKey(quoted.IsV6, quoted.Protocol, ends.Destination, ends.DestinationPort, ends.Source, ends.SourcePort, port)
            : new FlowKey(quoted.IsV6, quoted.Protocol, ends.Source, ends.SourcePort, ends.Destination, ends.DestinationPort, port);
    }

    private void JudgeByRules(FrameBatch batch, Frame frame, in PacketFacts facts, FlowTable table, in StageContext context)
    {
        PacketView view = facts.View with { Frames = frame.WireFrames, Bytes = PacketFacts.DatagramBytes(frame) };
        shard.Matcher.Evaluate(view, ref _match);
        shard.Matcher.Counters.CountDecision(_match, view);
        Rule? rule = _match.IsDefault ? null : shard.Matcher.Rules[_match.Rule];
        if (_match.Action == RuleAction.Block)
        {
            if (context.Trace is { } trace) trace.Explain(frame, $"blocked by {rule!.Id}");
            Refuse(batch, frame, rule!.Reply, facts.Track, context);
            return;
        }

        if (HasOptions(frame) && rule is { AllowOptions: false })
        {
            context.Trace?.Explain(frame, $"IP options, which {rule.Id} does not allow");
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
        bool isBound = rule.State.Binding == StateBinding.IfBound || (rule.State.Binding == StateBinding.Default && shard.Model.IsIfBound);
        FlowKey key = isBound ? facts.Key : facts.Key with { Port = FlowKey.AnyPort };
        FlowDirection way = direction == RuleDirection.In ? FlowDirection.In : FlowDirection.Out;
        FlowAdmission admission = table.TryInsert(new NewFlow(key, key, way, frame.Info.Bucket, 1), context.Now, out int flow);
        if (admission != FlowAdmission.Admitted) return admission == FlowAdmission.Collision ? DropReason.Block : DropReason.StateLimit;
        _tableChanged = true;
        ref FlowRecord state = ref table[flow];
        state.Flags |= (rule.State.Sloppy ? FlowFlags.Sloppy : FlowFlags.None)
            | (rule.AllowOptions ? FlowFlags.AllowsOptions : FlowFlags.None) | (rule.State.NoSync ? FlowFlags.NoSync : FlowFlags.None);
        state.Rule = (uint)_match.Rule;
        state.Ruleset = shard.Generation;
        state.Tag = _match.Tag;
        StateTimeout timeout = FlowTracker.Begin(ref state, facts, TransportOf(frame));
        table.Touch(flow, context.Now, (uint)shard.Model.Timeouts[timeout]);
        state.ForwardPackets = 1;
        state.ForwardBytes = (ulong)frame.Info.DatagramLength;
        JoinWithIngress(frame, flow, table);
        frame.Info.Flow = (uint)flow + 1;
        shard.Matcher.Counters.CountState(_match.Rule);
        context.Counters.StatesCreated++;
        return DropReason.None;
    }

    /// <summary>The state by which the frame came in is of the same connection.</summary>
    private void JoinWithIngress(Frame frame, int flow, FlowTable table)
    {
        if (direction == RuleDirection.In || frame.Info.Flow == 0) return;
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

    private static void Answer(
        Frame frame, ref TcpTrack track, in TcpSegmentFacts segment, bool forward, TrackOutcome outcome, in StageContext context)
    {
        if (outcome == TrackOutcome.Challenge && !ChallengeLimit.TryTake(ref track, context.Now)) return;
        ResetReply.TrySend(frame, TcpTracker.AnswerTo(track, segment, forward, outcome), context);
    }

    private void Count(ref FlowRecord state, in PacketFacts facts)
    {
        if (state.IsForward(Side))
        {
            state.ForwardPackets += (ulong)facts.View.Frames;
            state.ForwardBytes += (ulong)facts.View.Bytes;
        }
        else
        {
            state.ReversePackets += (ulong)facts.View.Frames;
            state.ReverseBytes += (ulong)facts.View.Bytes;
        }

        if (state.Ruleset != shard.Generation) return;
        shard.Matcher.Counters.Count((int)state.Rule, direction, facts.View.Frames, facts.View.Bytes);
    }

    private void End(FlowTable table, int flow, FlowEnd why)
    {
        table.Remove(flow, why);
        _tableChanged = true;
    }

    private string RuleText(in FlowRecord state) =>
        state.Ruleset == shard.Generation ? shard.Matcher.Rules[(int)state.Rule].Id : "an earlier ruleset";

    /// <summary>pf looks at the options of IPv4 alone.</summary>
    private static bool HasOptions(Frame frame) =>
        (frame.Info.Traits & FrameTraits.Options) != FrameTraits.None && frame.Info.Network == NetworkKind.Ipv4;

    private static Span<byte> TransportOf(Frame frame)
    {
        Span<byte> datagram = frame.Datagram;
        return datagram[Math.Min(frame.Info.TransportOffset - frame.Info.NetworkOffset, datagram.Length)..];
    }
}

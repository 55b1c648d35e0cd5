using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>Judges frames by the state that they have found.</summary>
internal sealed class StateJudge(FirewallPlace place, RuleJudge rules)
{
    /// <summary>
    /// False: the frame was a train that the state does not accept as a whole, logs, or has wait for the peer, and has been taken apart
    /// instead.
    /// </summary>
    public bool Follow(FrameBatch batch, int index, in PacketFacts facts, int flow, FlowTable table, in StageContext context)
    {
        Frame frame = batch.Frames[index];
        ref FlowRecord state = ref table[flow];
        if (frame.IsTrain && (state.Flags & (FlowFlags.LogAll | FlowFlags.Awaited)) != FlowFlags.None)
        {
            batch.Uncouple(index);
            return false;
        }

        bool forward = state.IsForward(place.Side);
        ulong edge = place.Shard.IsTelling ? FlowEdges.Of(ref state, facts.Track) : 0;
        TrackVerdict verdict;
        StateTimeout timeout;
        if (facts.Track == TrackKind.Tcp)
        {
            SegmentReader.TryRead(frame, out TcpSegmentFacts segment);
            ref TcpTrack track = ref state.Tracker.As<TcpTrack>();
            place.Shard.Doubt(ref state, ref track);
            if (frame.WireFrames > 1)
            {
                if (!TcpTracker.TryAdvanceTrain(ref track, segment, forward, out TrackVerdict all) && frame.IsTrain)
                {
                    batch.Uncouple(index);
                    return false;
                }

                verdict = all.Passes ? all : new TrackVerdict(TrackOutcome.Drop);
            }
            else
            {
                verdict = TcpTracker.Advance(ref track, segment, forward);
            }

            timeout = track.Timeout;
            if (verdict.Outcome is TrackOutcome.Challenge or TrackOutcome.Reset)
                Answer(frame, ref track, segment, forward, verdict.Outcome, context);
            if (verdict.BecameEstablished && !place.Shard.TryConnect(flow, context.Now))
            {
                if (context.Trace is { } refusing)
                    place.TellState(refusing, frame, "one connection more than its rule lets a source have: ", state);
                batch.Drop(frame, DropReason.StateLimit);
                return true;
            }
        }
        else
        {
            verdict = new TrackVerdict(FlowTracker.Advance(ref state, facts.Track, frame.Transport, forward, out timeout));
        }

        TrackOutcome outcome = verdict.Outcome;
        if (place.Shard.IsTelling && FlowEdges.Of(ref state, facts.Track) != edge) place.Shard.Note(flow);
        Finish(batch, frame, facts, flow, outcome, timeout, table, context);
        return true;
    }

    private void Finish(
        FrameBatch batch, Frame frame, in PacketFacts facts, int flow, TrackOutcome outcome, StateTimeout timeout, FlowTable table,
        in StageContext context)
    {
        if (outcome == TrackOutcome.Reuse)
        {
            frame.Info.Traits &= ~FrameTraits.Redirected;               // it answers nothing: it begins a connection
            if (place.Shard.TryEnd(flow, FlowEnd.Removed)) rules.Judge(batch, frame, facts, table, context);
            else batch.Drop(frame, DropReason.QueueFull);
            return;
        }

        ref FlowRecord state = ref table[flow];
        if (outcome > TrackOutcome.PassUnchanged)
        {
            if (context.Trace is { } refusing) place.TellState(refusing, frame, "outside of the connection's window: ", state);
            batch.Drop(frame, DropReason.TcpWindow);
            return;
        }

        if (!place.AllowsOptions(frame, facts, state, context))
        {
            batch.Drop(frame, DropReason.Block);
            return;
        }

        if (outcome == TrackOutcome.Pass) place.Shard.Touch(flow, context.Now, timeout);
        place.Shard.Hold.Follow(frame, ref state, context.Now);
        place.Count(ref state, facts);
        place.Shard.Log.OfState(frame, facts.View, state, context);
        if (!place.TrySend(frame, state, context))
        {
            batch.Drop(frame, DropReason.NoNeighbour);
            return;
        }

        int ingress = (int)frame.Info.Flow - 1;
        if (!place.IsIn && ingress >= 0 && state.Partner == FlowRecord.Nobody) place.Shard.JoinHalves(ingress, flow);
        if (!place.IsIn && ingress >= 0 && ingress == state.Partner) place.NoteWay(frame, facts, ref table[ingress], state);
        frame.Info.Flow = (uint)flow + 1;
        if (state.Tag != 0) frame.Info.Tag = state.Tag;
        if (context.Trace is { } trace) place.TellState(trace, frame, "", state);
        if ((state.Flags & FlowFlags.Translated) == FlowFlags.None) return;
        if (!place.TryTranslate(frame, StateEndpoints.Behind(state, place.Side, facts), context)) batch.Drop(frame, DropReason.Short);
    }

    private static void Answer(
        Frame frame, ref TcpTrack track, in TcpSegmentFacts segment, bool forward, TrackOutcome outcome, in StageContext context)
    {
        if (outcome == TrackOutcome.Challenge && !ChallengeLimit.TryTake(ref track, context.Now)) return;
        ResetReply.TrySend(frame, TcpTracker.AnswerTo(track, segment, forward, outcome), context);
    }
}

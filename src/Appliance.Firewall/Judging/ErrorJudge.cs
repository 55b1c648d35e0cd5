using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>Judges ICMP and ICMPv6 errors.</summary>
internal sealed class ErrorJudge(FirewallPlace place, RuleJudge rules)
{
    /// <summary>
    /// An error belongs to the flow that it quotes, and goes to who sent what it quotes; what belongs to none is judged by rules.
    /// </summary>
    public void Judge(FrameBatch batch, int index, in PacketFacts facts, FlowTable table, in StageContext context)
    {
        Frame frame = batch.Frames[index];
        bool v6 = facts.View.IsV6;
        if (!QuotedDatagram.TryRead(frame.Transport, v6, out QuotedDatagram quoted))
        {
            rules.Judge(batch, frame, facts, table, context);
            return;
        }

        var flow = new FrameEndpoints(quoted.Source, quoted.Destination, quoted.SourcePort, quoted.DestinationPort);
        FlowKey key = KeyOf(quoted, flow, facts.View.Port);
        bool mayBeElsewhere = place.IsIn || (frame.Info.Traits & FrameTraits.FromHost) != FrameTraits.None;
        FlowHit hit;
        if (!mayBeElsewhere) hit = place.Find(frame, key, table);
        else if (!TryBringHome(batch, index, quoted, key, table, out hit, context)) return;
        if (!hit.IsState || table.IsExpired(hit.Index, context.Now))
        {
            rules.Judge(batch, frame, facts, table, context);
            return;
        }

        ref FlowRecord state = ref table[hit.Index];
        bool sentByInitiator = !state.IsForward(place.Side);                  // the error goes against what it is about
        if (quoted.Kind == TrackKind.Tcp) place.Shard.Doubt(ref state, ref state.Tracker.As<TcpTrack>());
        bool belongs = quoted.IsFor(facts.View.Destination)
            && (quoted.Kind != TrackKind.Tcp
                || TcpTracker.AcceptsQuotation(state.Tracker.As<TcpTrack>(), quoted.SecondWord, sentByInitiator));
        if (!belongs)
        {
            context.Trace?.Explain(frame, "it quotes a flow that it cannot be about");
            batch.Drop(frame, DropReason.Block);
            return;
        }

        if (!place.AllowsOptions(frame, facts, state, context))
        {
            batch.Drop(frame, DropReason.Block);
            return;
        }

        place.Count(ref state, facts);
        place.Shard.Log.OfState(frame, facts.View, state, context);
        if (context.Trace is { } trace) place.TellState(trace, frame, "about a ", state);
        if (!place.TrySend(frame, state, context))
        {
            batch.Drop(frame, DropReason.NoNeighbour);
            return;
        }

        if ((state.Flags & FlowFlags.Translated) == FlowFlags.None) return;
        ErrorRewriter.Rewrite(frame, quoted, StateEndpoints.BehindError(state, place.Side, quoted));
        context.Trace?.Explain(frame, TranslationText.Of(frame));
    }

    /// <summary>Of an error that is not judged where it comes in: only where it goes out.</summary>
    public void BringHome(FrameBatch batch, int index, in PacketFacts facts, FlowTable table, in StageContext context)
    {
        if (!QuotedDatagram.TryRead(batch.Frames[index].Transport, facts.View.IsV6, out QuotedDatagram quoted)) return;
        var flow = new FrameEndpoints(quoted.Source, quoted.Destination, quoted.SourcePort, quoted.DestinationPort);
        FlowKey key = KeyOf(quoted, flow, facts.View.Port);
        TryBringHome(batch, index, quoted, key, table, out _, context);
    }

    /// <summary>
    /// To where the answers to what it quotes arrive, and from there to where these are brought. False: it has been handed off.
    /// </summary>
    private bool TryBringHome(
        FrameBatch batch, int index, in QuotedDatagram quoted, in FlowKey key, FlowTable table, out FlowHit hit, in StageContext context)
    {
        const FrameTraits Brought = FrameTraits.Quoting | FrameTraits.Redirected;
        hit = default;
        if ((batch.Frames[index].Info.Traits & Brought) == FrameTraits.None)
        {
            ushort bucket = ArrivalBucket.OfAnswersTo(place.Shard.Steering, quoted);
            if (!place.Shard.Aliases.TryKeep(batch, index, bucket, context.Counters, FrameTraits.Quoting)) return false;
        }

        hit = place.Find(batch.Frames[index], key, table);
        return place.Shard.TryBringHome(batch, index, key, ref hit, context.Counters);
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

        return place.IsIn
            ? new FlowKey(quoted.IsV6, quoted.Protocol, ends.Destination, ends.DestinationPort, ends.Source, ends.SourcePort, port)
            : new FlowKey(quoted.IsV6, quoted.Protocol, ends.Source, ends.SourcePort, ends.Destination, ends.DestinationPort, port);
    }
}

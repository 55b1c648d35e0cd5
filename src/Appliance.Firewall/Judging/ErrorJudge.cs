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
        if (place.IsIn && (frame.Info.Traits & FrameTraits.Generated) == FrameTraits.None)
        {
            ushort bucket = QuotedBucket.Of(place.Shard.Steering, v6, flow);
            if (!Redirection.IsJudgedHere(frame, bucket, place.Shard.IsPresent(bucket), place.Shard.Steering.Table, place.Shard.Worker)
                && Redirection.TryHandOff(batch, index, bucket, place.Shard.Steering.Table, context.Counters)) return;
        }

        FlowHit hit = table.Find(KeyOf(quoted, flow, facts.View.Port), place.Side);
        if (!hit.IsState || table.IsExpired(hit.Index, context.Now))
        {
            rules.Judge(batch, frame, facts, table, context);
            return;
        }

        ref FlowRecord state = ref table[hit.Index];
        bool sentByInitiator = !state.IsForward(place.Side);                  // the error goes against what it is about
        bool belongs = quoted.IsFor(facts.View.Destination)
            && (quoted.Kind != TrackKind.Tcp
                || TcpTracker.AcceptsQuotation(state.Tracker.As<TcpTrack>(), quoted.SecondWord, sentByInitiator));
        if (!belongs)
        {
            context.Trace?.Explain(frame, "it quotes a flow that it cannot be about");
            batch.Drop(frame, DropReason.Block);
            return;
        }

        place.Count(ref state, facts);
        if (context.Trace is { } trace) place.TellState(trace, frame, "about a ", state);
        if ((state.Flags & FlowFlags.Translated) == FlowFlags.None) return;
        ErrorRewriter.Rewrite(frame, quoted, StateEndpoints.BehindError(state, place.Side, quoted));
        context.Trace?.Explain(frame, TranslationText.Of(frame));
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

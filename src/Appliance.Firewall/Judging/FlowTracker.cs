namespace Appliance.Firewall;

/// <summary>A state's tracker, whichever its protocol has.</summary>
internal static class FlowTracker
{
    /// <summary>What the packet that makes a state says of its flow; answers the timeout until the next one.</summary>
    public static StateTimeout Begin(ref FlowRecord state, in PacketFacts facts, Span<byte> transport)
    {
        switch (facts.Track)
        {
            case TrackKind.Tcp:
                TcpSegmentFacts.TryRead(transport, out TcpSegmentFacts segment);
                ref TcpTrack tcp = ref state.Tracker.As<TcpTrack>();
                tcp = TcpTracker.Create(segment, (state.Flags & FlowFlags.Sloppy) != FlowFlags.None);
                return tcp.Timeout;
            case TrackKind.Sctp:
                SctpPacketFacts.TryRead(transport, out SctpPacketFacts packet);
                ref SctpTrack sctp = ref state.Tracker.As<SctpTrack>();
                sctp = SctpTracker.Create(packet);
                return sctp.Timeout;
            case TrackKind.Icmp or TrackKind.Icmpv6:
                ref IcmpTrack icmp = ref state.Tracker.As<IcmpTrack>();
                icmp = IcmpTrack.Create();
                return icmp.Timeout;
            default:
                ref PairTrack pair = ref state.Pair;
                pair = PairTrack.Create(facts.Track == TrackKind.Udp);
                return pair.Timeout;
        }
    }

    /// <summary>A further packet of any protocol but TCP. False: it does not belong.</summary>
    public static TrackOutcome Advance(ref FlowRecord state, TrackKind kind, Span<byte> transport, bool forward, out StateTimeout timeout)
    {
        switch (kind)
        {
            case TrackKind.Sctp:
                ref SctpTrack sctp = ref state.Tracker.As<SctpTrack>();
                TrackOutcome outcome = SctpPacketFacts.TryRead(transport, out SctpPacketFacts packet)
                    ? SctpTracker.Advance(ref sctp, packet, forward).Outcome
                    : TrackOutcome.Drop;
                timeout = sctp.Timeout;
                return outcome;
            case TrackKind.Icmp or TrackKind.Icmpv6:
                ref IcmpTrack icmp = ref state.Tracker.As<IcmpTrack>();
                icmp.Advance();
                timeout = icmp.Timeout;
                return TrackOutcome.Pass;
            default:
                ref PairTrack pair = ref state.Pair;
                pair.Advance(kind == TrackKind.Udp, forward);
                timeout = pair.Timeout;
                return TrackOutcome.Pass;
        }
    }
}

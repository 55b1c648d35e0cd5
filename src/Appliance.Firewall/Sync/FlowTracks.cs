using System.Buffers.Binary;

namespace Appliance.Firewall;

/// <summary>Trackers as they stand in records, and back; what no tracker would say is refused.</summary>
internal static class FlowTracks
{
    public const int TcpPeerBytes = 23, TcpBytes = (2 * TcpPeerBytes) + 2, PairBytes = 3, IcmpBytes = 1, SctpPeerBytes = 5,
        SctpBytes = (2 * SctpPeerBytes) + 1;

    public static void Write(in TcpTrack track, Span<byte> into)
    {
        Write(track.Initiator, into);
        Write(track.Responder, into[TcpPeerBytes..]);
        into[TcpBytes - 2] = (byte)track.Timeout;
        into[TcpBytes - 1] = (byte)track.Flags;
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out TcpTrack track)
    {
        track = default;
        if (from.Length < TcpBytes) return false;
        track.Timeout = (StateTimeout)from[TcpBytes - 2];
        track.Flags = (TcpTrackFlags)from[TcpBytes - 1] & (TcpTrackFlags.Sloppy | TcpTrackFlags.Uncertain);
        return TryRead(from, out track.Initiator) && TryRead(from[TcpPeerBytes..], out track.Responder)
            && track.Timeout <= StateTimeout.TcpClosed;
    }

    public static void Write(in PairTrack track, Span<byte> into) =>
        (into[0], into[1], into[2]) = ((byte)track.Initiator, (byte)track.Responder, (byte)track.Timeout);

    public static bool TryRead(ReadOnlySpan<byte> from, bool isUdp, out PairTrack track)
    {
        track = default;
        if (from.Length < PairBytes) return false;
        (track.Initiator, track.Responder, track.Timeout) = ((PairState)from[0], (PairState)from[1], (StateTimeout)from[2]);
        StateTimeout first = isUdp ? StateTimeout.UdpFirst : StateTimeout.OtherFirst;
        StateTimeout last = isUdp ? StateTimeout.UdpMultiple : StateTimeout.OtherMultiple;
        return track.Initiator is PairState.Single or PairState.Multiple && track.Responder <= PairState.Multiple
            && track.Timeout >= first && track.Timeout <= last;
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out IcmpTrack track)
    {
        track = new IcmpTrack { Timeout = from.Length < IcmpBytes ? default : (StateTimeout)from[0] };
        return track.Timeout is StateTimeout.IcmpFirst or StateTimeout.IcmpError;
    }

    public static void Write(in SctpTrack track, Span<byte> into)
    {
        Write(track.Initiator, into);
        Write(track.Responder, into[SctpPeerBytes..]);
        into[SctpBytes - 1] = (byte)track.Timeout;
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out SctpTrack track)
    {
        track = default;
        if (from.Length < SctpBytes) return false;
        (track.Initiator, track.Responder) = (ReadSctp(from), ReadSctp(from[SctpPeerBytes..]));
        track.Timeout = (StateTimeout)from[SctpBytes - 1];
        return track.Initiator.State <= SctpPeerState.ShutdownPending && track.Responder.State <= SctpPeerState.ShutdownPending
            && track.Timeout is >= StateTimeout.SctpFirst and <= StateTimeout.SctpClosed;
    }

    /// <summary>
    /// Whether a record of a connection that is here has followed it further (1) or less far (-1) than this appliance. 0: neither, or only
    /// generations tell. The ends' own numbers do not lie: where both appliances have had the connection while they did not hear each
    /// other, generations and counters say who has told and seen more, not who has seen the latest.
    /// </summary>
    public static int Compare(in FlowImage image, ref FlowRecord state)
    {
        (int initiator, int responder) = CompareEnds(image, ref state);
        return initiator * responder < 0 ? 0 : Math.Sign(initiator + responder);
    }

    /// <summary>
    /// Where each appliance has followed another end of a connection further than the other, a FIN here and its answer there: what the
    /// two know together becomes the record's. It is the same on both, whoever hears of it first. False: that is not so.
    /// </summary>
    public static bool TryJoin(ref FlowImage image, ref FlowRecord state)
    {
        (int initiator, int responder) = CompareEnds(image, ref state);
        if (initiator * responder >= 0) return false;
        ref TcpTrack here = ref state.Tracker.As<TcpTrack>();
        if (initiator < 0) image.Tcp.Initiator = here.Initiator;
        else image.Tcp.Responder = here.Responder;
        image.Tcp.Timeout = TcpTracker.TimeoutOf(image.Tcp);
        (image.ForwardPackets, image.ForwardBytes) =
            (Math.Max(image.ForwardPackets, state.ForwardPackets), Math.Max(image.ForwardBytes, state.ForwardBytes));
        (image.ReversePackets, image.ReverseBytes) =
            (Math.Max(image.ReversePackets, state.ReversePackets), Math.Max(image.ReverseBytes, state.ReverseBytes));
        return true;
    }

    private static (int Initiator, int Responder) CompareEnds(in FlowImage image, ref FlowRecord state)
    {
        if (image.Kind != TrackKind.Tcp || !image.HasTracker) return default;
        ref TcpTrack here = ref state.Tracker.As<TcpTrack>();
        return (Compare(image.Tcp.Initiator, here.Initiator), Compare(image.Tcp.Responder, here.Responder));
    }

    private static int Compare(in TcpPeer told, in TcpPeer here)
    {
        if (!told.Has(TcpPeerFacts.Sequence) || !here.Has(TcpPeerFacts.Sequence))
            return (told.Has(TcpPeerFacts.Sequence) ? 1 : 0) - (here.Has(TcpPeerFacts.Sequence) ? 1 : 0);
        int sent = Math.Sign((int)(told.Next - here.Next)), state = (int)told.State - (int)here.State;   // CompareTo would box
        return sent != 0 ? sent : Math.Sign(state);
    }

    private static void Write(in TcpPeer peer, Span<byte> into)
    {
        BinaryPrimitives.WriteUInt32BigEndian(into, peer.Initial);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], peer.Next);
        BinaryPrimitives.WriteUInt32BigEndian(into[8..], peer.Limit);
        BinaryPrimitives.WriteUInt32BigEndian(into[12..], peer.Acknowledged);
        BinaryPrimitives.WriteUInt16BigEndian(into[16..], peer.MaxWindow);
        BinaryPrimitives.WriteUInt16BigEndian(into[18..], peer.MaxSegment);
        (into[20], into[21], into[22]) = (peer.WindowScale, (byte)peer.State, (byte)peer.Facts);
    }

    private static bool TryRead(ReadOnlySpan<byte> from, out TcpPeer peer)
    {
        peer = new TcpPeer
        {
            Initial = BinaryPrimitives.ReadUInt32BigEndian(from),
            Next = BinaryPrimitives.ReadUInt32BigEndian(from[4..]),
            Limit = BinaryPrimitives.ReadUInt32BigEndian(from[8..]),
            Acknowledged = BinaryPrimitives.ReadUInt32BigEndian(from[12..]),
            MaxWindow = BinaryPrimitives.ReadUInt16BigEndian(from[16..]),
            MaxSegment = BinaryPrimitives.ReadUInt16BigEndian(from[18..]),
            WindowScale = from[20],
            State = (TcpPeerState)from[21],
            Facts = (TcpPeerFacts)from[22] & TcpPeerFacts.All,
        };
        return peer.WindowScale <= TcpSegmentFacts.MaxWindowScale && peer.State <= TcpPeerState.TimeWait;
    }

    private static void Write(in SctpPeer peer, Span<byte> into)
    {
        BinaryPrimitives.WriteUInt32BigEndian(into, peer.Tag);
        into[4] = (byte)peer.State;
    }

    private static SctpPeer ReadSctp(ReadOnlySpan<byte> from) =>
        new() { Tag = BinaryPrimitives.ReadUInt32BigEndian(from), State = (SctpPeerState)from[4] };
}

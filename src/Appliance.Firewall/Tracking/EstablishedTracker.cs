using System.Runtime.CompilerServices;
using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// What nearly every segment is: data or an acknowledgment on an established connection of which everything is known. It takes what
/// <see cref="TcpStep"/> would accept, in place; all else is left to that. Sloppy and uncertain tracks accept more, never less.
/// </summary>
internal static class EstablishedTracker
{
    private const TcpFlags Other = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst;
    private const TcpPeerFacts Known = TcpPeerFacts.Sequence | TcpPeerFacts.Acknowledged | TcpPeerFacts.Current;

    /// <summary>True: the segment passes, and the track has what it tells. False: nothing has changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryAdvance(ref TcpTrack track, ref TcpPeer source, ref TcpPeer peer, in TcpSegmentFacts segment)
    {
        if (!Accepts(source, peer, segment)) return false;
        Take(ref track, ref source, ref peer, segment);
        return true;
    }

    /// <summary>Whether the segment passes by what is known of its sender and of the other end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Accepts(in TcpPeer source, in TcpPeer peer, in TcpSegmentFacts segment)
    {
        bool isPlain = (segment.Flags & (Other | TcpFlags.Ack)) == TcpFlags.Ack
            && source.State == TcpPeerState.Established && peer.State == TcpPeerState.Established
            && (source.Facts & peer.Facts & Known) == Known && ((source.Facts ^ peer.Facts) & TcpPeerFacts.WindowScale) == 0;
        if (!isPlain) return false;

        uint sequence = segment.Sequence, end = sequence + (uint)segment.PayloadBytes, acknowledgment = segment.Acknowledgment;
        uint low = source.Next - ((uint)peer.MaxWindow << peer.WindowScale);
        uint oldest = peer.Next - (TcpTracker.MaxAcknowledgmentSkew << source.WindowScale);
        return SequenceOrder.IsWithin(sequence, end, low, source.Limit)
            && acknowledgment - oldest <= peer.Next - oldest
            && SequenceOrder.IsAtMost(source.Acknowledged - ((uint)source.MaxWindow << source.WindowScale), acknowledgment);
    }

    /// <summary>The track has what an accepted segment tells.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Take(ref TcpTrack track, ref TcpPeer source, ref TcpPeer peer, in TcpSegmentFacts segment)
    {
        uint end = segment.Sequence + (uint)segment.PayloadBytes, acknowledgment = segment.Acknowledgment;
        if (SequenceOrder.IsBelow(source.Next, end)) source.Next = end;
        if (source.MaxWindow < segment.Window) source.MaxWindow = segment.Window;
        if (SequenceOrder.IsBelow(source.Acknowledged, acknowledgment)) source.Acknowledged = acknowledgment;
        uint limit = acknowledgment + Math.Max(1, (uint)segment.Window << source.WindowScale);
        if (SequenceOrder.IsBelow(peer.Limit, limit)) peer.Limit = limit;
        track.Timeout = StateTimeout.TcpEstablished;
    }
}

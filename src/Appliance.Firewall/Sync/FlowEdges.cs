using System.Numerics;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// What changes in a state that the peer has to know of at once: edges of trackers, not the numbers that every frame moves.
/// </summary>
internal static class FlowEdges
{
    /// <summary>What the peer never knows better, or always less well.</summary>
    private const TcpPeerFacts Lasting = TcpPeerFacts.Sequence | TcpPeerFacts.Syn | TcpPeerFacts.WindowScale;

    public static TrackKind KindOf(in FlowRecord state) =>
        TrackKinds.Of(state.WireKey.IsV6 ? NetworkKind.Ipv6 : NetworkKind.Ipv4, state.WireKey.Protocol);

    /// <summary>A number that is another one behind each edge.</summary>
    public static ulong Of(ref FlowRecord state, TrackKind kind)
    {
        switch (kind)
        {
            case TrackKind.Tcp:
                ref TcpTrack tcp = ref state.Tracker.As<TcpTrack>();
                return OfPeer(tcp.Initiator) | (OfPeer(tcp.Responder) << 24) | ((ulong)tcp.Timeout << 48);
            case TrackKind.Sctp:
                ref SctpTrack sctp = ref state.Tracker.As<SctpTrack>();
                ulong states = ((ulong)sctp.Initiator.State << 56) | ((ulong)sctp.Responder.State << 48) | ((ulong)sctp.Timeout << 40);
                return states ^ sctp.Initiator.Tag ^ BitOperations.RotateLeft((ulong)sctp.Responder.Tag, 8);
            case TrackKind.Icmp or TrackKind.Icmpv6:
                return (ulong)state.Tracker.As<IcmpTrack>().Timeout;
            default:
                return (ulong)state.Pair.Initiator | ((ulong)state.Pair.Responder << 8) | ((ulong)state.Pair.Timeout << 16);
        }
    }

    private static ulong OfPeer(in TcpPeer peer) =>
        (ulong)peer.State | ((ulong)(peer.Facts & Lasting) << 8) | ((ulong)peer.WindowScale << 16);
}

using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// A digest of what two appliances that have the same state have in common: which state it is, its keys, and the edges of its tracker. Not
/// in it: numbers and times, which the peer learns now and then; what is another number there, such as ports and rules, and follows from
/// the state's id.
/// </summary>
internal static class LastingDigest
{
    private const FlowFlags Lasting =
        FlowFlags.Sloppy | FlowFlags.LogAll | FlowFlags.AllowsOptions | FlowFlags.AnswersByWay | FlowFlags.OfAnswer;

    /// <param name="state">Whole.</param>
    /// <param name="key">Of the pair.</param>
    public static ulong Of(ref FlowRecord state, KeyedRandom key)
    {
        TrackKind kind = FlowEdges.KindOf(state);
        Span<ulong> words = stackalloc ulong[14];
        words[0] = state.Id;
        words[1] = ((ulong)state.Way << 56) | ((ulong)(state.Flags & Lasting) << 32) | ((ulong)state.WireKey.Family << 8)
            | (ulong)state.WireKey.Protocol;
        words[2] = FlowEdges.Of(ref state, kind);
        words[3] = kind == TrackKind.Tcp ? AnchorsOf(state.Tracker.As<TcpTrack>()) : 0;
        WriteKey(state.WireKey, words[4..]);
        if (!state.IsTranslated) return key.Digest(RandomPurpose.FlowDigest, words[..9]);
        WriteKey(state.StackKey, words[9..]);
        return key.Digest(RandomPurpose.FlowDigest, words);
    }

    private static ulong AnchorsOf(in TcpTrack track) => AnchorOf(track.Initiator) | (AnchorOf(track.Responder) << 32);

    private static ulong AnchorOf(in TcpPeer peer) => peer.Has(TcpPeerFacts.Syn) ? peer.Initial : 0UL;

    private static void WriteKey(in FlowKey key, Span<ulong> words)
    {
        (words[0], words[1]) = ((ulong)(key.Outside >> 64), (ulong)key.Outside);
        words[2] = (ulong)(key.Inside >> 64);
        words[3] = (ulong)key.Inside;
        words[4] = ((ulong)key.OutsidePort << 16) | key.InsidePort;
    }
}

namespace Appliance.Firewall;

/// <summary>
/// Endpoints as frames have them, from and to keys, whose ends are outside and inside. Of ICMP queries a key has the identifier at who asks
/// and the type at who answers, a frame's endpoints the identifier at both.
/// </summary>
internal static class StateEndpoints
{
    /// <summary>Of a frame that has found the state on a side: those that it has behind this place.</summary>
    public static FrameEndpoints Behind(in FlowRecord state, FlowSide foundOn, in PacketFacts facts)
    {
        FrameEndpoints ends = foundOn == FlowSide.Wire ? ComingIn(state.Stack) : GoingOut(state.Wire);
        return facts.IsMessage ? WithIdentifier(ends, facts.IsReply) : ends;
    }

    /// <summary>
    /// Of the datagram that an error quotes, which has found the state on a side: those by which the error's receiver knows it.
    /// </summary>
    public static FrameEndpoints BehindError(in FlowRecord state, FlowSide foundOn, in QuotedDatagram quoted)
    {
        FrameEndpoints ends = foundOn == FlowSide.Wire ? GoingOut(state.Stack) : ComingIn(state.Wire);     // it went the other way
        return quoted.Kind is TrackKind.Icmp or TrackKind.Icmpv6 ? WithIdentifier(ends, quoted.Query.IsReply) : ends;
    }

    /// <summary>The key of new frames that have these endpoints behind this place, at the same port.</summary>
    public static FlowKey KeyBehind(in PacketFacts facts, in FrameEndpoints ends) => facts.View.Direction == RuleDirection.In
        ? facts.Key with
        {
            Outside = ends.Source, OutsidePort = ends.SourcePort,
            Inside = ends.Destination, InsidePort = facts.IsMessage ? facts.Key.InsidePort : ends.DestinationPort,
        }
        : facts.Key with
        {
            Inside = ends.Source, InsidePort = ends.SourcePort,
            Outside = ends.Destination, OutsidePort = facts.IsMessage ? facts.Key.OutsidePort : ends.DestinationPort,
        };

    /// <summary>The key by which the answers of a translated flow come in: what its <see cref="PortClaims"/> claim is to.</summary>
    public static FlowKey AnswersTo(in FlowRecord state) => AnswersTo(state.Direction, state.Wire, state.Stack);

    /// <summary>The same of a state that is yet to be made.</summary>
    public static FlowKey AnswersTo(FlowDirection direction, in FlowKey wire, in FlowKey stack) =>
        direction == FlowDirection.Out ? wire : stack.Turned();

    /// <summary>The key by which its first frame came in, at this port or, of a state on the way out, at another.</summary>
    public static FlowKey ArrivesBy(FlowDirection direction, in FlowKey wire, in FlowKey stack) =>
        direction == FlowDirection.In ? wire : stack.Turned();

    /// <summary>Of the frame itself.</summary>
    public static FrameEndpoints Of(in PacketFacts facts)
    {
        FrameEndpoints ends = facts.View.Direction == RuleDirection.In ? ComingIn(facts.Key) : GoingOut(facts.Key);
        return facts.IsMessage ? WithIdentifier(ends, facts.IsReply) : ends;
    }

    public static FrameEndpoints ComingIn(in FlowKey key) => new(key.Outside, key.Inside, key.OutsidePort, key.InsidePort);

    public static FrameEndpoints GoingOut(in FlowKey key) => new(key.Inside, key.Outside, key.InsidePort, key.OutsidePort);

    public static FrameEndpoints WithIdentifier(in FrameEndpoints ends, bool isReply)
    {
        ushort identifier = isReply ? ends.DestinationPort : ends.SourcePort;
        return ends with { SourcePort = identifier, DestinationPort = identifier };
    }
}

namespace Appliance.Firewall;

/// <summary>
/// Where a connection's frames arrive, in either direction. The state belongs to the bucket of the frame that made the connection, as it
/// arrived; where the answers arrive in another, that one has an alias.
/// <code>
///                  ┌───── in-state ─────┬───── out-state ────┐
///       A ──────►  │ wire         stack │ stack         wire │  ──────► B
///        makes it  └────────────────────┴────────────────────┘  answers
///        arrives: wire of the in-state     arrives: wire of the out-state
/// </code>
/// A state without a partner lends its other key, turned.
/// </summary>
internal static class FlowHoming
{
    /// <summary>The key of the connection's first frame on the wire where it came in.</summary>
    public static FlowKey FirstArrival(in FlowRecord state, in FlowRecord partner, bool hasPartner)
    {
        if (state.Way == FlowDirection.In) return state.WireKey;
        return hasPartner && partner.Way == FlowDirection.In ? partner.WireKey : Floating(state.StackKey.Turned());
    }

    /// <summary>
    /// The key of the answers on the wire where they come in, if it is this state that they look for there: the out-state of two.
    /// </summary>
    public static bool TryAnswerArrival(in FlowRecord state, in FlowRecord partner, bool hasPartner, out FlowKey key)
    {
        key = state.Way == FlowDirection.Out ? state.WireKey : Floating(state.StackKey.Turned());
        return state.Way == FlowDirection.Out || !hasPartner || partner.Way != FlowDirection.Out;
    }

    /// <summary>By which port they come in is not known.</summary>
    private static FlowKey Floating(FlowKey key) => key with { Port = FlowKey.AnyPort };
}

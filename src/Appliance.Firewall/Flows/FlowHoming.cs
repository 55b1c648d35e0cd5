namespace Appliance.Firewall;

/// <summary>
/// Where a connection's frames arrive, in either direction. Its states belong to the bucket of the frame that began it, as it arrived; for
/// the frames that arrive in another, that one has an alias.
/// <code>
///                  ┌───── in-state ─────┬───── out-state ────┐
///       A ──────►  │ wire         stack │ stack         wire │  ──────► B
///      begins it   └────────────────────┴────────────────────┘  answers
///        arrives: wire of the in-state     arrives: wire of the out-state
/// </code>
/// A state is found by frames of two keys: that on the wire, where they come in, and that inside, where they go out. Of the latter it is
/// known how they come in if nothing translates them there: by that key turned. Where frames of either key arrive in another bucket than
/// the state's, an alias brings them: so what a frame finds does not depend on which worker has it. Mostly there is one at most, for
/// one of the two directions arrives at home. There are two where neither does, as when what a port forward was used for is over and the
/// server, from behind it, begins anew.
/// <para>
/// An answer, brought to the connection's bucket, may make states as well, where rules kept none at one of the ports.
/// </para>
/// </summary>
internal static class FlowHoming
{
    /// <summary>The key on the wire, where they come in, of frames that find the state on a side.</summary>
    public static FlowKey Arrival(in FlowRecord state, FlowSide side) =>
        side == FlowSide.Wire ? state.WireKey : Floating(state.StackKey.Turned());

    /// <summary>Whether these answer the frame that made the state.</summary>
    public static bool IsOfAnswers(in FlowRecord state, FlowSide side) => !state.IsForward(side);

    /// <summary>The key of the connection's first direction, as far as the state knows it.</summary>
    public static FlowKey FirstArrival(in FlowRecord state) =>
        Arrival(state, state.IsForward(FlowSide.Wire) != state.IsOfAnswer ? FlowSide.Wire : FlowSide.Stack);

    /// <summary>By which port they come in is not known.</summary>
    private static FlowKey Floating(FlowKey key) => key with { Port = FlowKey.AnyPort };
}

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
/// A state that is alone lends its other key, turned. An answer, brought to the connection's bucket, may make states as well, where rules
/// kept none at one of the ports: theirs are the same two buckets, and what arrives elsewhere than at home is their own direction.
/// </summary>
internal static class FlowHoming
{
    /// <summary>The key on the wire, where they come in, of frames of the same direction as the one that made the state.</summary>
    public static FlowKey OwnArrival(in FlowRecord state) =>
        state.Way == FlowDirection.In ? state.WireKey : Floating(state.StackKey.Turned());

    /// <summary>Of frames of the other direction.</summary>
    public static FlowKey OtherArrival(in FlowRecord state) =>
        state.Way == FlowDirection.Out ? state.WireKey : Floating(state.StackKey.Turned());

    /// <summary>The key of the connection's first direction, as far as the state knows it.</summary>
    public static FlowKey FirstArrival(in FlowRecord state) => state.IsOfAnswer ? OtherArrival(state) : OwnArrival(state);

    /// <summary>
    /// The key of those frames of the state that may arrive in another bucket than the connection's: what its alias is about.
    /// </summary>
    public static FlowKey AliasKey(in FlowRecord state) => state.IsOfAnswer ? OwnArrival(state) : OtherArrival(state);

    /// <summary>Whether frames with a state's <see cref="AliasKey"/> answer queries, if they are such.</summary>
    public static bool IsAliasOfReplies(in FlowRecord state) => !state.IsOfAnswer;

    /// <summary>
    /// Whether a partner is what answers look for where they come in: the out-state of two.
    /// </summary>
    public static bool IsSoughtByAnswers(in FlowRecord partner) => partner.Way == FlowDirection.Out && !partner.IsOfAnswer;

    /// <summary>By which port they come in is not known.</summary>
    private static FlowKey Floating(FlowKey key) => key with { Port = FlowKey.AnyPort };
}

namespace Appliance.Management;

/// <summary>How new flows wait until the peer knows them (<c>hold-new-flows-milliseconds</c>).</summary>
/// <param name="MostMilliseconds">So long at most.</param>
/// <param name="FramesHeld">Frames that wait now.</param>
/// <param name="WaitP50Milliseconds">From a flow's first frame to the peer's acknowledgment, lately: what the option costs.</param>
/// <param name="Flows">
/// By what became of their wait. Those of <c>too-late</c>, <c>peer-lost</c>, <c>no-peer</c> and <c>crowded</c> have gone on although the
/// peer may not have known them.
/// </param>
public sealed record HeldFlowsDocument(
    double MostMilliseconds,
    int FramesHeld,
    double WaitP50Milliseconds,
    double WaitP99Milliseconds,
    double WaitMaxMilliseconds,
    Dictionary<string, long> Flows);

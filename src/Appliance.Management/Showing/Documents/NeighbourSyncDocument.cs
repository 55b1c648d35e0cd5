namespace Appliance.Management;

/// <summary>How neighbours are shared with the peer: who takes over need not ask for them.</summary>
/// <param name="Phase"><c>alone</c> (no peer, or one that knows nothing of it), <c>joining</c> or <c>in-sync</c>.</param>
/// <param name="Own">Neighbours that frames went to, and that the peer was told of.</param>
/// <param name="Peers">The peer's, which this box would use.</param>
/// <param name="Told">Told to the peer, since the two share by these settings.</param>
/// <param name="Adopted">Of the peer's.</param>
/// <param name="Ended">Of the peer's, which it knows no more.</param>
/// <param name="Refused">Of the peer's, of which there are too many, or that cannot be read.</param>
public sealed record NeighbourSyncDocument(
    string Phase,
    int Own,
    int Peers,
    long Told,
    long Adopted,
    long Ended,
    long Refused);

namespace Appliance.Node;

/// <summary>How neighbours are shared with the peer, as anyone may see it.</summary>
/// <param name="IsShared">There is a peer that knows of such.</param>
/// <param name="IsEqual">When they were last compared each had what the other told.</param>
/// <param name="Own">Neighbours that frames went to, and that the peer was told of.</param>
/// <param name="Peers">The peer's.</param>
/// <param name="Told">Records told, of changes as they came and of all there are.</param>
/// <param name="Adopted">Records taken.</param>
/// <param name="Ended">Of the peer's, that it knows no more.</param>
/// <param name="Refused">Of which there are too many, or that are no records.</param>
public readonly record struct NeighbourSyncAccounts(
    bool IsShared, bool IsEqual, int Own, int Peers, long Told, long Adopted, long Ended, long Refused);

namespace Appliance.Node;

/// <summary>How what is edited in tables is shared with the peer, as anyone may see it.</summary>
/// <param name="IsShared">There is a peer that knows of tables.</param>
/// <param name="IsEqual">When they were last compared both had the same edits.</param>
/// <param name="Entries">Edits that stand over what the ruleset says.</param>
/// <param name="Waiting">Those that the peer is to be told of when there is room.</param>
/// <param name="Told">Records told, of edits as they were made and of all there are.</param>
/// <param name="Adopted">The peer's that are in force here, or were.</param>
/// <param name="Ended">Of those that are no more because the peer says so.</param>
/// <param name="Refused">The peer's for which a table had no room, or that are no records.</param>
/// <param name="Elsewhere">The peer's of tables that are not here, or <c>const</c>; they count when such a table comes.</param>
/// <param name="Untold">Edits here that found no room to be told.</param>
public readonly record struct TableSyncAccounts(
    bool IsShared, bool IsEqual, int Entries, int Waiting, long Told, long Adopted, long Ended, long Refused, long Elsewhere, long Untold);

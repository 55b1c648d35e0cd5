namespace Appliance.Management;

/// <summary>How what is edited in tables while rulesets are in force is shared with the peer.</summary>
/// <param name="Phase"><c>alone</c> (no peer, or one that knows nothing of tables), <c>joining</c> or <c>in-sync</c>.</param>
/// <param name="Entries">Edits over what the ruleset says: entries that were added, and those of the ruleset that were deleted.</param>
/// <param name="Waiting">Those that the peer is to be told of when there is room.</param>
/// <param name="Told">Told to the peer, since the two share by these settings.</param>
/// <param name="Adopted">Of the peer's.</param>
/// <param name="Ended">Of the peer's, whose end it has told or shown.</param>
/// <param name="Refused">
/// Of the peer's, for which a table here has no room (<c>set limit table-entries</c>), or that cannot be read.
/// </param>
/// <param name="Elsewhere">Of the peer's, of tables that are not here or <c>const</c>; they count when such a table comes.</param>
/// <param name="Untold">Edits here, of more than can be told.</param>
public sealed record TableSyncDocument(
    string Phase,
    int Entries,
    int Waiting,
    long Told,
    long Adopted,
    long Ended,
    long Refused,
    long Elsewhere,
    long Untold);

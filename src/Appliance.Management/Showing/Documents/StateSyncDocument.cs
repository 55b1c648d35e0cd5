namespace Appliance.Management;

/// <summary>How states are shared with the peer.</summary>
/// <param name="Phase"><c>alone</c>, <c>greeting</c>, <c>unlike</c> (the peer has other buckets), <c>joining</c> or <c>in-sync</c>.</param>
/// <param name="Role"><c>leader</c>: where the two differ this box's states count; else <c>follower</c>.</param>
/// <param name="Buckets">Of the steering.</param>
/// <param name="EqualBuckets">Those of which the two have proved that they hold the same, since they last met.</param>
/// <param name="UnderWay">Parcels that were sent and are not acknowledged.</param>
/// <param name="Window">How many may be.</param>
/// <param name="OldestMilliseconds">The age of the oldest change that the peer has not acknowledged; 0: there is none.</param>
/// <param name="LagP50Milliseconds">From a change to the peer's acknowledgment of it, lately.</param>
/// <param name="Lost">Changes that found no room; their buckets were told anew.</param>
/// <param name="Events">What was sent and received.</param>
/// <param name="Adopted">What became of the peer's records.</param>
/// <param name="Outcomes">What was told and compared.</param>
/// <param name="Tables">How edits of tables are shared.</param>
/// <param name="Neighbours">How neighbours are.</param>
/// <param name="NewFlows">How new flows wait until the peer knows them; null: they do not.</param>
public sealed record StateSyncDocument(
    string Phase,
    string Role,
    int Buckets,
    int EqualBuckets,
    int UnderWay,
    int Window,
    double OldestMilliseconds,
    double LagP50Milliseconds,
    double LagP99Milliseconds,
    double LagMaxMilliseconds,
    long Lost,
    Dictionary<string, ulong> Events,
    Dictionary<string, long> Adopted,
    Dictionary<string, long> Outcomes,
    TableSyncDocument Tables,
    NeighbourSyncDocument Neighbours,
    HeldFlowsDocument? NewFlows);

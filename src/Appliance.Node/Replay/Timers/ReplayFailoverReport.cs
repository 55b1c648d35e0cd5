using System.Collections.Immutable;

namespace Appliance.Node;

/// <summary>What failover did in a replay that ran its timers.</summary>
/// <param name="Groups">As they are at the end.</param>
/// <param name="Transitions">The last ones, oldest first.</param>
/// <param name="UnreadGroups">VHIDs whose password is in a file, which a replay does not open: no advert counts for them.</param>
public sealed record ReplayFailoverReport(
    ImmutableArray<ReplayGroup> Groups, ImmutableArray<ReplayTransition> Transitions, ImmutableArray<int> UnreadGroups);

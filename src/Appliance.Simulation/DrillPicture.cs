using System.Collections.Immutable;

namespace Appliance.Simulation;

/// <summary>What there is to draw of a drill, simulated or real. Times are nanoseconds since its beginning.</summary>
/// <param name="Nanoseconds">How long it was.</param>
/// <param name="Masters">Who acted as the master of what, from when to when: the row is the box and the group.</param>
/// <param name="Faults">What went wrong.</param>
/// <param name="Adverts">When each box said one.</param>
/// <param name="Answers">When somebody who talks through the pair got one.</param>
public sealed record DrillPicture(
    long Nanoseconds,
    ImmutableArray<DrillSpan> Masters,
    ImmutableArray<DrillSpan> Faults,
    ImmutableArray<(int Box, long At)> Adverts,
    ImmutableArray<long> Answers);

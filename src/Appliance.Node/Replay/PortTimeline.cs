using System.Collections.Immutable;

namespace Appliance.Node;

/// <summary>What moved through a port in each interval of a replay. Bytes are Ethernet bytes without frame check sequence.</summary>
public sealed record PortTimeline(
    ImmutableArray<long> FramesIn, ImmutableArray<long> BytesIn, ImmutableArray<long> FramesOut, ImmutableArray<long> BytesOut);

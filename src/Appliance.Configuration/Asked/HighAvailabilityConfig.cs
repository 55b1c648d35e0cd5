using System.Collections.Immutable;

namespace Appliance.Configuration.Asked;

internal sealed record HighAvailabilityConfig
{
    public Positioned<bool>? Preempt { get; init; }
    public Positioned<int>? PreemptHoldDown { get; init; }
    public ImmutableArray<CarpConfig> Carp { get; init; } = [];
    public SyncConfig? Sync { get; init; }
    public Positioned<PeerPolicy>? Peers { get; init; }
    public Positioned<int>? Dscp { get; init; }
    public Positioned<int>? InterfaceDownDemotion { get; init; }
    public Positioned<int>? SendErrorDemotion { get; init; }
}

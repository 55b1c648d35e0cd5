using System.Collections.Immutable;

namespace Appliance.Configuration.Asked;

internal sealed record HighAvailabilityConfig(
    Positioned<bool>? Preempt,
    ImmutableArray<CarpConfig> Carp,
    SyncConfig? Sync,
    Positioned<PeerPolicy>? Peers);

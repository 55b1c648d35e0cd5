using System.Collections.Immutable;

namespace Appliance.Configuration;

public sealed record HighAvailabilityModel(bool Preempt, ImmutableArray<CarpModel> Carp, SyncModel? Sync, PeerPolicy Peers);

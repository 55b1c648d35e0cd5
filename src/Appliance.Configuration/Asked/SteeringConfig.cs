using System.Collections.Immutable;
using Appliance.Configuration.Keys;

namespace Appliance.Configuration.Asked;

internal sealed record SteeringConfig(
    Positioned<SteeringKeyText>? Key,
    Positioned<int>? Indirection,
    ImmutableArray<Positioned<SteeringHashTypes>> Hash,
    Positioned<bool>? Rebalance);

using System.Collections.Immutable;
using Appliance.Configuration.Keys;
using Appliance.Engine;

namespace Appliance.Configuration.Asked;

internal sealed record SteeringConfig(
    Positioned<SteeringKeyText>? Key,
    Positioned<int>? Indirection,
    ImmutableArray<Positioned<HashTypes>> Hash,
    Positioned<bool>? Rebalance);

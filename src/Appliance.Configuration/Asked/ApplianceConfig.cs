using System.Collections.Immutable;

namespace Appliance.Configuration.Asked;

/// <summary>
/// What was asked: each key that was written and could be read, with its place; nothing resolved, nothing filled in. Absent or wrong is
/// null.
/// </summary>
internal sealed record ApplianceConfig(
    Positioned<string>? Name,
    Positioned<int>? Vcpus,
    ImmutableArray<PortConfig> Ports,
    ImmutableArray<RouteConfig> Routes,
    ImmutableArray<NeighborConfig> Neighbors,
    FirewallConfig? Firewall,
    SteeringConfig? Steering,
    HighAvailabilityConfig? HighAvailability,
    ManagementConfig? Management);

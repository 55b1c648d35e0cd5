using System.Collections.Immutable;

namespace Appliance.Configuration;

/// <summary>
/// A configuration found right: every reference resolved to an index, every default filled in, every rule of the contract checked.
/// Immutable and swapped whole.
/// </summary>
public sealed record RuntimeModel
{
    /// <summary>Workers of a box, at most.</summary>
    public const int MaximumVcpus = 64;

    public required string Name { get; init; }

    /// <summary>Workers; null means one for every processor.</summary>
    public int? Vcpus { get; init; }

    /// <summary>In the order of the configuration; <see cref="PortModel.Index"/> is the place here.</summary>
    public required ImmutableArray<PortModel> Ports { get; init; }

    public required ImmutableArray<RouteModel> Routes { get; init; }

    public required ImmutableArray<NeighborModel> Neighbors { get; init; }
    public required SteeringModel Steering { get; init; }

    /// <summary>Null: a router that passes everything.</summary>
    public FirewallModel? Firewall { get; init; }

    public HighAvailabilityModel? HighAvailability { get; init; }
    public required ManagementModel Management { get; init; }

    public PortModel? FindPort(string name) => Ports.FirstOrDefault(port => string.Equals(port.Name, name, StringComparison.Ordinal));
}

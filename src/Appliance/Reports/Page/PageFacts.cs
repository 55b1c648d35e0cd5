using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>All that a page shows. There is no wall time in it: the same replay gives the same page.</summary>
internal sealed record PageFacts
{
    public required ReplayReport Report { get; init; }

    public required OffloadAccounts Offloads { get; init; }

    /// <summary>The name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>As the user wrote its path.</summary>
    public required string ConfigurationFile { get; init; }

    /// <summary>By port index.</summary>
    public required ImmutableArray<PortModel> Ports { get; init; }

    public required NodeOptions Node { get; init; }
    public required ReplayOptions Replay { get; init; }

    /// <summary>Null where none were asked for.</summary>
    public ExpectationResult? Expectations { get; init; }

    public NodeAccounts Accounts => Report.Accounts;

    public ReplayTimeline Timeline => Report.Timeline;

    /// <summary>In the order of the configuration; their sums are the node's.</summary>
    public IEnumerable<PortModel> PhysicalPorts => Ports.Where(port => port.IsPhysical);
}

using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Failover;

namespace Appliance.Node;

/// <summary>All that failover works by, of a configuration, its secrets and the devices there are. Immutable, adopted whole.</summary>
public sealed record FailoverPlan
{
    public required CarpNodeSettings Settings { get; init; }

    /// <summary>Those with virtual hosts, and those that the lane takes.</summary>
    public required ImmutableArray<FailoverPort> Ports { get; init; }

    /// <summary>All ports of the box, for the tags of their frames.</summary>
    public required PortTable Table { get; init; }

    /// <summary>Null: CARP is all that the boxes have.</summary>
    public LanePlan? Lane { get; init; }

    public FailoverPort? Find(PortId port) => Ports.FirstOrDefault(known => known.Facts.Id == port);
}

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

    /// <summary>
    /// Neighbours whose next hop is a virtual host have the address of a box's port for it: they speak to a box that is back before they
    /// have missed it, though the other is the virtual host now and knows their flows.
    /// </summary>
    public bool AsksBeforeItForwards => Lane is not null && Settings.Groups.Any(group => group.UsesPortMac);

    public FailoverPort? Find(PortId port)
    {
        foreach (FailoverPort known in Ports)
        {
            if (known.Facts.Id == port) return known;
        }

        return null;
    }
}

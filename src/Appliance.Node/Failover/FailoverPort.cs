using Appliance.Engine;
using Appliance.Failover;

namespace Appliance.Node;

/// <summary>A port or sub-port that failover speaks on.</summary>
/// <param name="Facts">What CARP knows of it but for its link.</param>
/// <param name="Physical">The port that carries it, or itself: whose link is its link.</param>
/// <param name="Hosts">Where it is said which of its virtual hosts the box is; null: it has none.</param>
public sealed record FailoverPort(CarpPort Facts, PortId Physical, VirtualHosts? Hosts);

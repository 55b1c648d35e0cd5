using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Offload;
using Appliance.Routing;

namespace Appliance.Node;

/// <summary>What the stages work by, made from one configuration. Swapped whole.</summary>
public sealed record NodeModels(PortTable Ports, SteeringRules Steering, RoutingModel Routing, FirewallModel Firewall) : IDisposable
{
    /// <summary>A ruleset judges by what the receiver will read, so it wants checksums right.</summary>
    public ChecksumPolicy Checksums { get; } = new(DropsBad: Firewall.IsOn);

    public void Dispose() => Routing.Dispose();
}

using Appliance.Engine;
using Appliance.Routing;

namespace Appliance.Node;

/// <summary>What the stages work by, made from one configuration. Swapped whole.</summary>
public sealed record NodeModels(PortTable Ports, SteeringRules Steering, RoutingModel Routing) : IDisposable
{
    public void Dispose() => Routing.Dispose();
}

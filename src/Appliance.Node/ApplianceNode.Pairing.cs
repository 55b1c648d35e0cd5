using Appliance.Engine;

namespace Appliance.Node;

/// <content>What an appliance has in common with its peer.</content>
public sealed partial class ApplianceNode
{
    /// <summary>
    /// To which half of their ports sources are translated, from the next flow on: its own, while an appliance does not hear its peer. Set
    /// by any one thread.
    /// </summary>
    public PortHalf PortHalf
    {
        get => _states.PortHalf;
        set => _states.PortHalf = value;
    }
}

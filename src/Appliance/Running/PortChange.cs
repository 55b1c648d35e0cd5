using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;

namespace Appliance.Running;

/// <summary>What another configuration asks of the devices: those that have been opened for it, and the ports that lose theirs.</summary>
internal sealed record PortChange(ImmutableArray<(PortModel Model, IPort Port)> Opened, ImmutableArray<int> Closed)
{
    /// <summary>When the configuration is not applied after all.</summary>
    public void Undo()
    {
        foreach ((_, IPort port) in Opened) port.Dispose();
    }
}

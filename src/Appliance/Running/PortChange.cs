using System.Collections.Immutable;
using Appliance.Configuration;

namespace Appliance.Running;

/// <summary>What another configuration asks of the devices: those that have been opened for it, and the ports that lose theirs.</summary>
internal sealed record PortChange(ImmutableArray<(PortModel Model, LiveDevice Device)> Opened, ImmutableArray<int> Closed);

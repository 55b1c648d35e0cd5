using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Running;

/// <summary>Something that the control thread does beside the node, in its turn.</summary>
internal interface IControlPart
{
    /// <summary>What it wants to be called for when readable. Another array whenever one is opened or closed.</summary>
    ImmutableArray<int> Descriptors { get; }

    /// <summary>When it wants to be called though nothing happens.</summary>
    MonotonicTime NextDeadline { get; }

    /// <summary>Does what is there to be done, without waiting for anything.</summary>
    void Step(MonotonicTime now);
}

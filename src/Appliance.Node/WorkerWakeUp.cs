using System.Collections.Immutable;
using System.Numerics;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// Wakes workers that sleep while they wait for something that the control side has just done and that they see by themselves.
/// </summary>
internal sealed class WorkerWakeUp(ImmutableArray<Worker> workers)
{
    /// <param name="which">A bit for each worker.</param>
    public void Wake(ulong which)
    {
        for (; which != 0; which &= which - 1) workers[BitOperations.TrailingZeroCount(which)].Doorbell.Ring();
    }
}

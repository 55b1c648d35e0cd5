using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>One worker's part in resolving neighbours, as its path is made of it: route and link share it.</summary>
public sealed class NeighbourWaiting
{
    /// <param name="worker">Whose.</param>
    /// <param name="exchange">With the control side.</param>
    /// <param name="model">The routes' first.</param>
    /// <param name="errors">For who sends to a neighbour that does not answer.</param>
    /// <param name="epoch">Of the worker's path.</param>
    public NeighbourWaiting(int worker, NeighbourExchange exchange, RoutingModel model, ErrorReplies errors, PathEpoch epoch) =>
        Queue = new NeighbourQueue(worker, exchange, model, errors, epoch);

    /// <summary>Keeps frames behind judging.</summary>
    public IFrameHolder Holder => Queue;

    public IBreathTimer Timer => Queue;

    /// <summary>What is kept of a bucket that moves.</summary>
    public IBucketState BucketState => Queue;

    internal NeighbourQueue Queue { get; }
}

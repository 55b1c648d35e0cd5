using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>
/// What the control side and the workers of one appliance share of its neighbours: the cells that say who is known, and from each worker a
/// ring of questions. A worker asks once for a neighbour, and says once that it uses one that is stale.
/// </summary>
public sealed class NeighbourExchange
{
    /// <summary>Questions of one worker that may wait; who cannot ask has no neighbour for now.</summary>
    public const int QuestionCapacity = 256;

    private readonly MessageRing<NeighbourKey>[] _questions;

    public NeighbourExchange(int workers, NeighbourLimits limits, KeyedRandom random)
    {
        Limits = limits;
        Cells = new NeighbourCells(limits.Cells, random);
        Random = random;
        _questions = [.. Enumerable.Range(0, workers).Select(_ => new MessageRing<NeighbourKey>(QuestionCapacity))];
    }

    public int Workers => _questions.Length;

    public NeighbourLimits Limits { get; }

    internal KeyedRandom Random { get; }

    internal NeighbourCells Cells { get; }

    /// <summary>Written by one worker, read by the control side.</summary>
    internal MessageRing<NeighbourKey> QuestionsOf(int worker) => _questions[worker];
}

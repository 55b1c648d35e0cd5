namespace Appliance.Routing;

/// <summary>
/// Where a neighbour stands among the <see cref="NeighbourCells"/>; it stands for that neighbour until the generation has changed.
/// </summary>
internal readonly record struct CellReference(int Index, uint Generation)
{
    /// <summary>Generations count modulo 2^30.</summary>
    public const uint GenerationMask = (1u << 30) - 1;
}

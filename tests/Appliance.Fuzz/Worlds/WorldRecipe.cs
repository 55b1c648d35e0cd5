using Appliance.Engine;

namespace Appliance.Fuzz.Worlds;

/// <summary>One appliance to be fuzzed.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Workers">Unless the command line says otherwise.</param>
/// <param name="Text">The configuration.</param>
internal sealed record WorldRecipe(string Name, int Workers, string Text)
{
    /// <summary>Room for every fragment of a burst of the longest datagrams at the smallest MTU.</summary>
    private static readonly FramePoolSize Plenty = new(8192, 256, 192);

    public FramePoolSize PoolSize { get; init; } = Plenty;

    public bool StrictMac { get; init; }

    public bool InventNeighbours { get; init; } = true;

    /// <summary>
    /// Pools run empty and ports do not take what they are given: frames may end as <see cref="DropReason.PoolEmpty"/> or
    /// <see cref="DropReason.QueueFull"/>, and answers may stay unsaid.
    /// </summary>
    public bool IsScarce { get; init; }

    /// <summary>Gets frames of which one datagram alone fills a queue with its pieces. They cost time.</summary>
    public bool HasLongDatagrams { get; init; }
}

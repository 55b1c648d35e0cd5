namespace Appliance.Node;

/// <summary>
/// Takes states while they are read, by the thread that tends the node. Whoever empties it has that thread woken, where it sleeps.
/// </summary>
public interface IStateSink
{
    /// <summary>False: nobody wants any more; the reading ends.</summary>
    bool IsWanted { get; }

    /// <summary>False: the reading waits. A letter of each worker may still come.</summary>
    bool HasRoom { get; }

    /// <summary>These are the sink's from here on.</summary>
    void Take(IReadOnlyList<StateCopy> states);
}

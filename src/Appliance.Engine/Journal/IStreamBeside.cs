namespace Appliance.Engine;

/// <summary>
/// What is shared with the peer beside flows, in a stream of its own: its changes wait here until there is room to tell them. Of one
/// thread, that tends the appliance.
/// </summary>
public interface IStreamBeside : IFlowReplica
{
    /// <summary>Changes that the peer is to be told of when there is room; any thread.</summary>
    int Waiting { get; }

    /// <summary>Changes wait for the peer from here on.</summary>
    void Begin();

    void End();

    /// <summary>Tells of what has changed, so much at most; answers how much waited no longer.</summary>
    int Tell(int most);

    /// <summary>What was adopted is in force from here on.</summary>
    void Apply(MonotonicTime now);
}

namespace Appliance.Engine;

/// <summary>
/// Follows some frames from where they come in to where they end. Called by workers, each for the frames that it has; only where somebody
/// asked, and what it keeps is bounded. Where a batch has a frame that is followed the path is traced for that batch.
/// </summary>
public interface IFrameTap : IPathTrace
{
    /// <summary>The time of what the worker does from here on.</summary>
    void BreathBegins(int worker, MonotonicTime now);

    /// <summary>A port gave these, and nothing has been done to them yet.</summary>
    void Arrived(ReadOnlySpan<Frame> frames, int worker);

    /// <summary>Whether any of these is followed.</summary>
    bool Follows(ReadOnlySpan<Frame> frames);

    /// <summary>The frame, with those chained behind it, waits to leave by its egress port, finished as it is.</summary>
    void Sent(Frame frame, int worker, PortTable ports);

    /// <summary>The frame, with those chained behind it, ended at a function of the appliance.</summary>
    void Consumed(Frame frame);

    /// <summary>The frame, with those chained behind it, ended for this reason.</summary>
    void Dropped(Frame frame, DropReason reason);
}

namespace Appliance.Engine;

/// <summary>
/// Where stages get frames that no port received: replies and errors. A frame submitted here enters at the route stage, at the worker's
/// next breath or ahead of a later batch of this one. Bounded: who wants more at once is refused, and what it would have said stays unsaid.
/// </summary>
public sealed class FrameSource(FramePool pool, WorkerCounters counters)
{
    /// <summary>Generated frames that may wait.</summary>
    public const int Capacity = 256;

    private readonly FrameBatch _submitted = new(Capacity);

    /// <summary>What waits to enter.</summary>
    public FrameBatch Submitted => _submitted;

    /// <summary>Frames submitted since the start, and those of them that have entered the path.</summary>
    internal long SubmittedInAll { get; private set; }

    internal long EnteredInAll => SubmittedInAll - _submitted.Count;

    /// <summary>Takes a blank frame of <paramref name="bytes"/>, to be filled and then either submitted or returned to the pool.</summary>
    public bool TryBegin(int bytes, out Frame frame)
    {
        frame = default;
        return _submitted.Room > 0 && pool.TryRent(bytes, out frame);
    }

    /// <summary>
    /// Sends a frame from <see cref="TryBegin"/> on its way and counts it as generated. When others, begun later, have reached the limit
    /// before it, it goes home instead.
    /// </summary>
    public void Submit(Frame frame)
    {
        frame.Info.Traits |= FrameTraits.Generated;
        if (!_submitted.TryAdd(frame))
        {
            pool.Return(frame);
            return;
        }

        SubmittedInAll++;
        counters.Generated++;
    }
}

namespace Appliance.Engine;

/// <summary>
/// What one worker is about to send by one port. Bounded: what a stuck port does not take is dropped as <see
/// cref="DropReason.QueueFull"/>.
/// </summary>
/// <param name="queue">The worker's end of the port, or of the host's end of one.</param>
/// <param name="isHost">Frames end at the host: they are counted as consumed, and only so many go in a breath.</param>
internal sealed class Egress(IPortQueue queue, bool isHost = false)
{
    /// <summary>Frames that may wait for a port, over several breaths.</summary>
    public const int Capacity = 256;

    /// <summary>
    /// Frames that go to the host in a breath: it takes each in the worker's own time, with all that it does for one.
    /// </summary>
    public const int HostShare = 64;

    /// <summary>
    /// Nanoseconds after which a worker that could sleep offers a port again what it did not take: as long again as the port has taken
    /// nothing, at least this. Time tells, for not every port can say when it has room: a cable whose far end drops what comes too fast,
    /// or a device that is down, is always writable.
    /// </summary>
    public const long Retry = 100_000;

    /// <summary>And at most this: a port that is stuck for days costs no processor time worth naming.</summary>
    public const long LongestRetry = 20_000_000;

    private readonly FrameBatch _waiting = new(Capacity);
    private bool _owesKick;
    private MonotonicTime? _stuckSince;                 // when it first took nothing of what waits

    public IPortQueue Queue => queue;

    public int Waiting => _waiting.Count;

    /// <summary>Frames that were to leave by this port since the start, and those of them that it took or that were given up.</summary>
    public long QueuedInAll => SentInAll + _waiting.Count;

    public long SentInAll { get; private set; }

    /// <summary>False, and the frame stays the caller's, when the port is that far behind.</summary>
    public bool TryAdd(Frame frame) => _waiting.TryAdd(frame);

    /// <summary>Adds the first of <paramref name="frames"/>, as far as there is room; answers how many.</summary>
    public int Add(ReadOnlySpan<Frame> frames) => _waiting.Add(frames);

    /// <summary>Takes the first of what waits back from a port that stands still, as far as there is room.</summary>
    public void GiveUp(int frames, FrameBatch into) => SentInAll += _waiting.MoveTo(into, frames);

    /// <summary>When a worker with nothing else to do offers the port what waits.</summary>
    /// <param name="now">Of its last <see cref="Flush"/>.</param>
    public MonotonicTime NextOffer(MonotonicTime now)
    {
        if (_waiting.Count == 0) return MonotonicTime.Never;
        return now + Math.Clamp(_stuckSince is { } since ? now - since : 0, Retry, LongestRetry);
    }

    /// <summary>
    /// Offers what waits to the port and counts what it took, at the port and at the sub-ports the frames were routed to.
    /// </summary>
    public int Flush(PortTable ports, WorkerCounters counters, MonotonicTime now)
    {
        if (_waiting.Count == 0) return 0;
        ReadOnlySpan<Frame> offered = isHost ? _waiting.Frames[..Math.Min(_waiting.Count, HostShare)] : _waiting.Frames;
        int sent = queue.Transmit(offered);
        _owesKick |= sent > 0;
        _stuckSince = sent > 0 ? null : _stuckSince ?? now;
        if (isHost) CountConsumed(offered[..sent], counters);
        else CountOut(offered[..sent], ports, counters);
        _waiting.RemoveFirst(sent);
        SentInAll += sent;
        return sent;
    }

    /// <summary>Rings the doorbell when the port took anything since the last time, in whichever <see cref="Flush"/>.</summary>
    public void Kick()
    {
        if (_owesKick) queue.Kick();
        _owesKick = false;
    }

    private static void CountConsumed(ReadOnlySpan<Frame> frames, WorkerCounters counters)
    {
        foreach (Frame frame in frames) counters.Consumed += frame.WireFrames;
    }

    /// <summary>Neighbours mostly leave by one port, which is then counted once.</summary>
    private static void CountOut(ReadOnlySpan<Frame> frames, PortTable ports, WorkerCounters counters)
    {
        for (int i = 0; i < frames.Length;)
        {
            int egress = frames[i].Info.EgressPort;
            long count = 0, bytes = 0;
            for (; i < frames.Length && frames[i].Info.EgressPort == egress; i++)
            {
                count += frames[i].WireFrames;
                bytes += frames[i].WireBytes;
            }

            counters.Transmitted += count;
            for (int port = egress; port != PortFacts.NoParent; port = ports[port].Parent)
            {
                ref PortCounters counter = ref counters.Port(port);
                counter.FramesOut += count;
                counter.BytesOut += bytes;
            }
        }
    }
}

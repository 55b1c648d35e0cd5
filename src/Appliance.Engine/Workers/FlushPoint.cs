namespace Appliance.Engine;

/// <summary>
/// A point in what a worker has on its way out: reached when all that was made or queued before has been sent. What was made comes first
/// to the queues: only when all of it has can be told how much there is to be sent. A port that stands still keeps nobody waiting for ever:
/// after <see cref="Patience"/> without progress what still waits for it is given up. Time in which the worker itself did not look, because
/// its thread had no processor, says nothing about the port and hardly counts.
/// </summary>
internal sealed class FlushPoint(FrameSource source, EgressTable egress)
{
    /// <summary>Nanoseconds that a port may take nothing.</summary>
    public const long Patience = 10_000_000;

    /// <summary>Nanoseconds between two looks that count at most.</summary>
    public const long Glance = 1_000_000;

    private readonly List<(Egress Port, long Queued)> _awaited = [];
    private long _submitted;
    private long _sentInAll;
    private long _waited;
    private MonotonicTime _lastLook;
    private bool _isQueued;

    /// <summary>Whether only a port's standing still was in the way when last asked.</summary>
    public bool WaitsForPort { get; private set; }

    /// <summary>When to ask again at the latest.</summary>
    public MonotonicTime Deadline => WaitsForPort ? _lastLook + Glance : MonotonicTime.Never;

    public void Set(MonotonicTime now)
    {
        _submitted = source.SubmittedInAll;
        _isQueued = false;
        _waited = 0;
        _lastLook = now;
    }

    /// <summary>Asked at the end of a breath.</summary>
    /// <param name="now">The breath's time.</param>
    /// <param name="abandoned">Takes what is given up, as far as it has room; the caller drops it.</param>
    public bool IsReached(MonotonicTime now, FrameBatch abandoned)
    {
        WaitsForPort = false;
        if (!_isQueued && !TryNoteQueued()) return false;
        bool isGivenUp = NoteWaiting(now) >= Patience;
        foreach ((Egress port, long queued) in _awaited)
        {
            if (port.SentInAll >= queued) continue;
            if (isGivenUp) port.GiveUp((int)(queued - port.SentInAll), abandoned);
            WaitsForPort |= port.SentInAll < queued;
        }

        return !WaitsForPort;
    }

    private bool TryNoteQueued()
    {
        if (source.EnteredInAll < _submitted) return false;
        _awaited.Clear();
        foreach (Egress port in egress.Attached) _awaited.Add((port, port.QueuedInAll));
        return _isQueued = true;
    }

    /// <summary>How long nothing has been sent, as far as this worker looked.</summary>
    private long NoteWaiting(MonotonicTime now)
    {
        long sent = 0;
        foreach ((Egress port, _) in _awaited) sent += port.SentInAll;
        _waited = sent == _sentInAll ? _waited + Math.Min(now - _lastLook, Glance) : 0;
        _sentInAll = sent;
        _lastLook = now;
        return _waited;
    }
}

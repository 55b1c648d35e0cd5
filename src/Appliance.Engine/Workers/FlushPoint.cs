namespace Appliance.Engine;

/// <summary>
/// A point in what a worker has on its way out: reached when all that was made or queued before has been sent. What was made comes first
/// to the queues: only when all of it has can be told how much there is to be sent. A port that stands still keeps nobody waiting for ever:
/// after <see cref="Patience"/> what still waits for it is given up.
/// </summary>
internal sealed class FlushPoint(FrameSource source, Egress?[] egress)
{
    /// <summary>Nanoseconds.</summary>
    public const long Patience = 10_000_000;

    private readonly long[] _queued = new long[egress.Length];
    private long _submitted;
    private bool _isQueued;
    private MonotonicTime _since;

    /// <summary>Whether only a port's standing still was in the way when last asked.</summary>
    public bool WaitsForPort { get; private set; }

    /// <summary>When to ask again at the latest.</summary>
    public MonotonicTime Deadline => WaitsForPort ? _since + Patience : MonotonicTime.Never;

    public void Set(MonotonicTime now)
    {
        _since = now;
        _submitted = source.SubmittedInAll;
        _isQueued = false;
    }

    /// <summary>Asked at the end of a breath.</summary>
    /// <param name="now">The breath's time.</param>
    /// <param name="abandoned">Takes what is given up, as far as it has room; the caller drops it.</param>
    public bool IsReached(MonotonicTime now, FrameBatch abandoned)
    {
        WaitsForPort = false;
        if (!_isQueued && !TryNoteQueued()) return false;
        for (int i = 0; i < egress.Length; i++)
        {
            if (egress[i] is not { } port || port.SentInAll >= _queued[i]) continue;
            if (now - _since >= Patience) port.GiveUp((int)(_queued[i] - port.SentInAll), abandoned);
            WaitsForPort |= port.SentInAll < _queued[i];
        }

        return !WaitsForPort;
    }

    private bool TryNoteQueued()
    {
        if (source.EnteredInAll < _submitted) return false;
        for (int i = 0; i < egress.Length; i++) _queued[i] = egress[i]?.QueuedInAll ?? 0;
        return _isQueued = true;
    }
}

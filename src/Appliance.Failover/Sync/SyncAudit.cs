using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// Has the follower's streams compared: all of them when the two begin, then one after the other for ever, so that whatever made them
/// differ is found. The streams behind those of flows, which are few, have turns of their own.
/// </summary>
internal sealed class SyncAudit(SyncStreams streams, long period)
{
    /// <summary>A stream with what the peer refuses is told in one round of so many only: it would be told all the time.</summary>
    private const int RoundsForRefused = 16;

    private const int PeriodsBeside = 16;

    private const long RetryNanoseconds = 1_000_000;

    private int _toBegin = streams.Count;                             // those from here on have not been compared at all
    private int _stream;
    private int _round;
    private int _periods;

    public MonotonicTime NextDeadline { get; private set; } = MonotonicTime.Never;

    public int EqualStreams => Count(SyncVerdict.Equal);

    public bool HasComparedAll => Count(SyncVerdict.Open) == 0;

    public bool IsAllEqual => EqualStreams == streams.Shared;

    /// <summary>Each stream was found equal, but for what this box or its peer cannot take.</summary>
    public bool IsAllEqualOrRefused => Count(SyncVerdict.Equal, or: SyncVerdict.Refused) == streams.Shared;

    public void Begin(bool isLeader, MonotonicTime now)
    {
        _toBegin = isLeader ? streams.Count : 0;
        NextDeadline = isLeader ? MonotonicTime.Never : now;
    }

    /// <summary>Of the follower, when it is due.</summary>
    public void Step(SyncDelivery delivery, MonotonicTime now)
    {
        if (now < NextDeadline) return;
        while (_toBegin < streams.Shared && delivery.TryHand(_toBegin, SyncBuckets.ToCompare)) _toBegin++;
        if (_toBegin < streams.Shared)
        {
            NextDeadline = now + RetryNanoseconds;
            return;
        }

        NextDeadline = now + period;
        Hand(delivery, _stream, _round);
        _stream = (_stream + 1) % streams.Buckets;
        if (_stream == 0) _round++;
        if (++_periods % PeriodsBeside == 0) HandBeside(delivery, _periods / PeriodsBeside);
    }

    private void HandBeside(SyncDelivery delivery, int round)
    {
        for (int stream = streams.Buckets; stream < streams.Shared; stream++) Hand(delivery, stream, round);
    }

    private void Hand(SyncDelivery delivery, int stream, int round)
    {
        bool isFutile = streams.VerdictOf(stream) == SyncVerdict.Refused && round % RoundsForRefused != 0;
        if (!isFutile) delivery.TryHand(stream, SyncBuckets.ToCompare);
    }

    /// <summary>Streams with either verdict, each looked at once: meanwhile workers write.</summary>
    private int Count(SyncVerdict verdict, SyncVerdict? or = null)
    {
        int count = 0;
        for (int stream = 0; stream < streams.Shared; stream++)
        {
            SyncVerdict found = streams.VerdictOf(stream);
            if (found == verdict || found == or) count++;
        }

        return count;
    }
}

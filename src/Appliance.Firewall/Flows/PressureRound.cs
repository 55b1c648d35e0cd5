using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// While timeouts are shortened, the wheel looks at states too late. Then all of them are looked at, bucket after bucket, one round in the
/// time in which pf's purge makes its round. Whose turn it is follows from the clock alone, so that a state is looked at when it would be
/// with any number of workers.
/// </summary>
/// <param name="buckets">How many there are.</param>
internal struct PressureRound(int buckets)
{
    private readonly long _turnNanoseconds = PressureSweep.RoundNanoseconds / buckets;

    private long _turn;                                                 // the latest that has come; they are counted from time 0
    private bool _isOn;

    /// <summary>The state to be looked at next; <see cref="BucketLink.End"/>: the bucket is done.</summary>
    public int Next { get; private set; } = BucketLink.End;

    /// <summary>When to go on although nothing else happens.</summary>
    public readonly MonotonicTime NextDeadline => _isOn ? new MonotonicTime((_turn + 1) * _turnNanoseconds) : MonotonicTime.Never;

    /// <summary>Not under pressure. When it comes again the next turn is the first.</summary>
    public void Stop() => (_isOn, Next) = (false, BucketLink.End);

    /// <summary>The next state to look at, if the turn of its bucket has come. It may be removed.</summary>
    public bool TryNext(MonotonicTime now, in BucketLists<StateLinks> states, out int index)
    {
        long turn = TurnAt(now.Nanoseconds);
        if (!_isOn) (_isOn, _turn) = (true, turn);
        if (turn - _turn > buckets) _turn = turn - buckets;             // each once, however long nobody looked
        while (Next == BucketLink.End && _turn < turn)
            Next = states.First((ushort)(((++_turn % buckets) + buckets) % buckets));
        index = Next;
        if (index == BucketLink.End) return false;
        Next = states.Next(index);
        return true;
    }

    /// <summary>Before a state leaves the list of its bucket.</summary>
    public void Skip(int index, in BucketLists<StateLinks> states)
    {
        if (index == Next) Next = states.Next(index);
    }

    /// <summary>The bucket of the next state leaves, as a whole.</summary>
    public void SkipBucket() => Next = BucketLink.End;

    /// <summary>Rounded down, before time 0 too.</summary>
    private readonly long TurnAt(long nanoseconds) =>
        nanoseconds >= 0 ? nanoseconds / _turnNanoseconds : ~(~nanoseconds / _turnNanoseconds);
}

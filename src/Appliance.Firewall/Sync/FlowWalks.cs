namespace Appliance.Firewall;

/// <summary>
/// Where walks through the states of buckets stand, one in each: at the state that is next. What comes is put before the first and is not
/// met; what goes is stepped over. A walk whose bucket has been away begins anew.
/// </summary>
internal sealed class FlowWalks
{
    private int[] _next = [];
    private ulong[] _cursors = [];                                      // 0: there is no walk
    private ulong _latest;

    public FlowWalks(int buckets) => Reset(buckets);

    public void Reset(int buckets) => (_next, _cursors) = (new int[buckets], new ulong[buckets]);

    /// <summary>Before a state leaves the list of its bucket.</summary>
    public void Skip(ushort bucket, int index, in BucketLists<StateLinks> states)
    {
        if (_cursors[bucket] != 0 && _next[bucket] == index) _next[bucket] = states.Next(index);
    }

    public void Forget(ushort bucket) => _cursors[bucket] = 0;

    /// <summary>The state that a walk comes to next; <see cref="BucketLink.End"/>: none, or there is no walk.</summary>
    public int UpNext(ushort bucket) => _cursors[bucket] == 0 ? BucketLink.End : _next[bucket];

    /// <summary>The next state of a walk; <see cref="BucketLink.End"/>: that was the last.</summary>
    /// <param name="bucket">Whose.</param>
    /// <param name="cursor">0: a new walk.</param>
    /// <param name="states">All.</param>
    public int Next(ushort bucket, ref ulong cursor, in BucketLists<StateLinks> states)
    {
        if (cursor == 0 || _cursors[bucket] != cursor)
        {
            _cursors[bucket] = cursor = ++_latest;
            _next[bucket] = states.First(bucket);
        }

        int index = _next[bucket];
        if (index == BucketLink.End) _cursors[bucket] = 0;
        else _next[bucket] = states.Next(index);
        return index;
    }
}

namespace Appliance.Firewall;

/// <summary>
/// The sum of the digests of each bucket's states. A sum is made when it is first asked for, and from then on follows what changes: nobody
/// pays for it before.
/// </summary>
internal sealed class BucketDigests
{
    private ulong[] _sums = [];
    private bool[] _known = [];

    /// <summary>All of them are to be made anew.</summary>
    public void Reset(int buckets) => (_sums, _known) = (new ulong[buckets], new bool[buckets]);

    /// <summary>The bucket comes or goes.</summary>
    public void Forget(int bucket) => _known[bucket] = false;

    public bool TryGet(int bucket, out ulong sum)
    {
        sum = _sums[bucket];
        return _known[bucket];
    }

    public void Set(int bucket, ulong sum) => (_sums[bucket], _known[bucket]) = (sum, true);

    /// <summary>A state of the bucket has another digest; 0: it was not there, or is no more.</summary>
    public void Change(int bucket, ulong before, ulong after) => _sums[bucket] += after - before;
}

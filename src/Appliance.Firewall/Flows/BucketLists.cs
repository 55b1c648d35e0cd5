namespace Appliance.Firewall;

/// <summary>What belongs to each steering bucket, as lists through the records. The latest stands first.</summary>
internal sealed class BucketLists<TLinks>(TLinks links, int buckets) where TLinks : struct, IBucketLinks
{
    private int[] _first = Empty(buckets);
    private int[] _counts = new int[buckets];
    private TLinks _links = links;

    public int Buckets => _first.Length;

    /// <summary>-1: the bucket is empty.</summary>
    public int First(ushort bucket) => _first[bucket];

    public int Next(int record) => _links[record].Next;

    public int Count(ushort bucket) => _counts[bucket];

    public void Add(ushort bucket, int record)
    {
        ref int first = ref _first[bucket];
        _links[record] = new BucketLink { Next = first, Previous = BucketLink.End };
        if (first != BucketLink.End) _links[first].Previous = record;
        first = record;
        _counts[bucket]++;
    }

    public void Remove(ushort bucket, int record)
    {
        BucketLink link = _links[record];
        if (link.Previous == BucketLink.End) _first[bucket] = link.Next;
        else _links[link.Previous].Next = link.Next;
        if (link.Next != BucketLink.End) _links[link.Next].Previous = link.Previous;
        _counts[bucket]--;
    }

    /// <summary>Forgets all lists; the records' links mean nothing until they are added again.</summary>
    public void Reset(int buckets)
    {
        _first = Empty(buckets);
        _counts = new int[buckets];
    }

    private static int[] Empty(int buckets)
    {
        var heads = new int[buckets];
        Array.Fill(heads, BucketLink.End);
        return heads;
    }
}

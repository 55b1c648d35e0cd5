using System.Numerics;

namespace Appliance.Firewall;

/// <summary>
/// Chooses the tables of a <see cref="BoxIndex"/>: again and again the key under which most of the boxes that are left come to stand in small
/// buckets; those that would not wait for the next. What no key tells apart is a list at the end.
/// </summary>
internal sealed class BoxIndexBuilder
{
    public const int MaximumTables = 12;
    public const int SmallBucket = 8;               // the limit of a bucket, at first
    private const int ListBoxes = 12;               // compared in less time than another table takes
    private const int MaximumCopies = 8;            // keys of one box
    public const int LargestBucket = 64;           // the limit of a bucket, where smaller ones would hold too little
    private const int LeastPart = 12;               // a table takes at least this part of what is left
    private const int All = 32;                     // bits to drop: the dimension does not count
    private static readonly int[] CoarseDrops = [0, 8, 16, All];
    private static readonly int[] FineDrops = [0, 4, 8, 12, 16, 20, 24, All];
    private List<RuleBox> _left = [];
    private int[] _counts = [];

    public List<BoxTable> Tables { get; } = [];
    public List<uint> Starts { get; } = [];

    /// <summary>Bucket by bucket, then the list.</summary>
    public List<RuleBox> Boxes { get; } = [];

    /// <summary>Where the boxes begin that no table has.</summary>
    public int ListStart { get; private set; }

    public void Build(List<RuleBox> boxes)
    {
        _left = boxes;
        BoxKey[] coarse = [.. Keys(CoarseDrops, [All], [All])], fine = [];
        int limit = SmallBucket;
        while (_left.Count > ListBoxes && Tables.Count < MaximumTables && limit <= LargestBucket)
        {
            if (TryTake(coarse, limit)) continue;
            if (fine.Length == 0) fine = [.. Keys(FineDrops, [0, All], [0, 8, All])];
            if (!TryTake(fine, limit)) limit *= 2;
        }

        ListStart = Boxes.Count;
        Boxes.AddRange(_left);
    }

    private static IEnumerable<BoxKey> Keys(int[] addressDrops, int[] protocolDrops, int[] sourcePortDrops) =>
        from port in (int[])[0, All]
        from protocol in protocolDrops
        from source in addressDrops
        from destination in addressDrops
        from sourcePort in sourcePortDrops
        from destinationPort in (int[])[0, All]
        select new BoxKey(Drops(port, protocol, source, destination, sourcePort, destinationPort));

    private static SixNumbers Drops(params ReadOnlySpan<int> drops)
    {
        SixNumbers numbers = default;
        for (int d = 0; d < Dimension.Count; d++) numbers[d] = (uint)drops[d];
        return numbers;
    }

    /// <summary>Makes a table by the best of these keys, if one is good enough.</summary>
    private bool TryTake(BoxKey[] keys, int limit)
    {
        int shift = 63 - BitOperations.Log2((uint)_left.Count);       // buckets: one to two for each box
        int most = Math.Max(ListBoxes, _left.Count / LeastPart) - 1;
        BoxKey? best = null;
        foreach (BoxKey key in keys)
        {
            int placed = _left.Count - CountLeft(key, shift, limit);
            if (placed <= most) continue;
            (most, best) = (placed, key);
        }

        if (best is not { } chosen) return false;
        CountLeft(chosen, shift, limit);
        ILookup<bool, RuleBox> bySmallness = _left.ToLookup(box => IsPlaced(chosen, box, shift, limit));
        Add(chosen, shift, [.. bySmallness[true]]);
        _left = [.. bySmallness[false]];
        return true;
    }

    /// <summary>Counts by bucket, and then the boxes that have too many keys, or a bucket that is too full.</summary>
    private int CountLeft(in BoxKey key, int shift, int limit)
    {
        int buckets = 1 << (64 - shift);
        if (_counts.Length < buckets) _counts = new int[buckets];
        _counts.AsSpan(0, buckets).Clear();
        Span<int> mine = stackalloc int[MaximumCopies];
        foreach (RuleBox box in _left)
        {
            if (key.CountKeys(box, MaximumCopies) > MaximumCopies) continue;
            foreach (int bucket in mine[..key.WriteBuckets(box, shift, mine)]) _counts[bucket]++;
        }

        int left = 0;
        foreach (RuleBox box in _left)
            if (!IsPlaced(key, box, shift, limit)) left++;
        return left;
    }

    private bool IsPlaced(in BoxKey key, in RuleBox box, int shift, int limit)
    {
        if (key.CountKeys(box, MaximumCopies) > MaximumCopies) return false;
        Span<int> mine = stackalloc int[MaximumCopies];
        foreach (int bucket in mine[..key.WriteBuckets(box, shift, mine)])
            if (_counts[bucket] > limit) return false;
        return true;
    }

    private void Add(in BoxKey key, int shift, List<RuleBox> boxes)
    {
        var buckets = new List<RuleBox>?[1 << (64 - shift)];
        Span<int> mine = stackalloc int[MaximumCopies];
        foreach (RuleBox box in boxes)
            foreach (int bucket in mine[..key.WriteBuckets(box, shift, mine)]) (buckets[bucket] ??= []).Add(box);
        Tables.Add(new BoxTable(key.Mask, Starts.Count, shift));
        foreach (List<RuleBox>? bucket in buckets)
        {
            Starts.Add((uint)Boxes.Count);
            Boxes.AddRange(bucket ?? []);
        }

        Starts.Add((uint)Boxes.Count);
    }
}

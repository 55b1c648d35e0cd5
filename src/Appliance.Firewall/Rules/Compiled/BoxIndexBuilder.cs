using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// Chooses the tables of a <see cref="BoxIndex"/>: again and again the key under which most of the boxes that are left come to stand in
/// small buckets; those that would not wait for the next. What no key tells apart is a list at the end.
/// </summary>
internal sealed class BoxIndexBuilder
{
    public const int LargestBucket = 64;            // the limit of a bucket, where smaller ones would hold too little

    private const int MaximumTables = 16;
    private const int MeanBucket = 2;               // boxes of it, where each has a key of its own
    private const int SmallRules = 16;              // boxes that are compared one by one without ado
    private const int MaximumCopies = 8;            // keys of one box
    private const int FirstAt = 4;                  // of a bucket's first group; the rest suffices for 2^18 rules, 16 boxes, 8 copies
    private const int LeastBoxes = 12, LeastPart = 12;      // a table takes at least so many, and this part of what is left
    private const int All = 32;                     // bits to drop: the dimension does not count
    private const int WorthSearching = 64;          // boxes for which rarer kinds of keys are tried as well
    private static readonly int[] AddressDrops = [0, 8, 16, 24, All];
    private static readonly BoxKey[] CommonKeys = [.. Keys([All], [All])], AllKeys = [.. Keys([1, All], [0, All])];
    private List<RuleBox> _left = [];
    private int[] _counts = [];                     // boxes by bucket
    private int[] _copies = [], _buckets = [];      // by box left: how many buckets, and which

    public List<BoxTable> Tables { get; } = [];

    /// <summary>Of all tables: <see cref="GroupsOf"/>. An empty one has the empty group.</summary>
    public List<uint> Buckets { get; } = [];

    public BoxGroups Groups { get; } = new();

    /// <summary>The groups of the boxes that are in no table: from here to the last.</summary>
    public int ListStart { get; private set; }

    public void Build(List<RuleBox> boxes)
    {
        _left = boxes;
        for (int limit = BoxGroups.Size; boxes.Count > SmallRules && limit <= LargestBucket; limit *= 2)
            while (_left.Count > BoxGroups.Size && Tables.Count < MaximumTables && TryTake(limit))
            {
            }

        ListStart = Groups.Count;
        foreach (RuleBox[] group in _left.Chunk(BoxGroups.Size)) Groups.AddApart(group);
    }

    /// <summary>The first group of a bucket, and how many more it has.</summary>
    public static (uint First, uint More) GroupsOf(uint bucket) => (bucket >> FirstAt, bucket & ((1 << FirstAt) - 1));

    private static IEnumerable<BoxKey> Keys(int[] protocolDrops, int[] sourcePortDrops) =>
        from port in (int[])[0, All]
        from protocol in protocolDrops
        from source in AddressDrops
        from destination in AddressDrops
        from sourcePort in sourcePortDrops
        from destinationPort in (int[])[0, All]
        where Math.Min(port, Math.Min(source, destination)) < All || Math.Min(protocol, Math.Min(sourcePort, destinationPort)) < All
        select new BoxKey(Drops(source, destination, port, sourcePort, destinationPort, protocol));

    private static SixNumbers Drops(params ReadOnlySpan<int> drops)
    {
        SixNumbers numbers = default;
        for (int d = 0; d < Dimension.Count; d++) numbers[d] = (uint)drops[d];
        return numbers;
    }

    private bool TryTake(int limit) => TryTake(CommonKeys, limit) || (_left.Count >= WorthSearching && TryTake(AllKeys, limit));

    /// <summary>Makes a table by the best of these keys, if one is good enough.</summary>
    private bool TryTake(BoxKey[] keys, int limit)
    {
        int buckets = (_left.Count / MeanBucket) + 1;
        int most = Math.Max(LeastBoxes, _left.Count / LeastPart) - 1;
        BoxKey? best = null;
        foreach (BoxKey key in keys)
        {
            int placed = CountPlaced(key, buckets, limit);
            if (placed <= most) continue;
            (most, best) = (placed, key);
            if (placed == _left.Count) break;                         // keys come with the finest first
        }

        if (best is not { } chosen) return false;
        CountPlaced(chosen, buckets, limit);
        bool[] isPlaced = [.. Enumerable.Range(0, _left.Count).Select(box => IsPlaced(box, limit))];
        Add(chosen, buckets, [.. _left.Where((_, box) => isPlaced[box])]);
        _left = [.. _left.Where((_, box) => !isPlaced[box])];
        return true;
    }

    /// <summary>
    /// Notes the buckets of every box, and counts the boxes by bucket; answers how many boxes have few keys and only buckets within the
    /// limit.
    /// </summary>
    private int CountPlaced(in BoxKey key, int buckets, int limit)
    {
        if (_counts.Length < buckets) _counts = new int[buckets];
        if (_copies.Length < _left.Count) (_copies, _buckets) = (new int[_left.Count], new int[_left.Count * MaximumCopies]);
        _counts.AsSpan(0, buckets).Clear();
        ReadOnlySpan<RuleBox> boxes = CollectionsMarshal.AsSpan(_left);
        for (int i = 0; i < boxes.Length; i++)
        {
            Span<int> mine = _buckets.AsSpan(i * MaximumCopies, MaximumCopies);
            _copies[i] = key.CountKeys(boxes[i], MaximumCopies) > MaximumCopies ? 0 : key.WriteBuckets(boxes[i], buckets, mine);
            foreach (int bucket in mine[.._copies[i]]) _counts[bucket]++;
        }

        int placed = 0;
        for (int i = 0; i < boxes.Length; i++)
            if (IsPlaced(i, limit)) placed++;
        return placed;
    }

    private bool IsPlaced(int box, int limit)
    {
        foreach (int bucket in _buckets.AsSpan(box * MaximumCopies, _copies[box]))
            if (_counts[bucket] > limit) return false;
        return _copies[box] > 0;
    }

    private void Add(in BoxKey key, int among, List<RuleBox> boxes)
    {
        var buckets = new List<RuleBox>?[among];
        Span<int> mine = stackalloc int[MaximumCopies];
        foreach (RuleBox box in boxes)
            foreach (int bucket in mine[..key.WriteBuckets(box, among, mine)]) (buckets[bucket] ??= []).Add(box);
        Tables.Add(new BoxTable(key.Mask, Buckets.Count, among));
        int directory = Buckets.Count;
        CollectionsMarshal.SetCount(Buckets, directory + buckets.Length);
        foreach ((int index, List<RuleBox>? bucket) in buckets.Index().OrderByDescending(bucket => bucket.Item?.Count ?? 0))
            Buckets[directory + index] = bucket is null ? 0 : Enter(bucket);
    }

    private uint Enter(List<RuleBox> bucket)
    {
        int first = Groups.Add(CollectionsMarshal.AsSpan(bucket));
        return ((uint)first << FirstAt) | (uint)(BoxGroups.GroupsOf(bucket.Count) - 1);
    }
}

namespace Appliance.Firewall;

/// <summary>
/// What of a packet's numbers a <see cref="BoxTable"/> goes by: of each dimension all bits but some low ones, or none.
/// </summary>
internal readonly struct BoxKey
{
    private readonly SixNumbers _drops;

    /// <param name="drops">By dimension, how many low bits are left out; 32: all.</param>
    public BoxKey(in SixNumbers drops)
    {
        _drops = drops;
        SixNumbers mask = default;
        for (int d = 0; d < Dimension.Count; d++) mask[d] = drops[d] >= 32 ? 0 : uint.MaxValue << (int)drops[d];
        Mask = new PacketNumbers(mask);
    }

    public PacketNumbers Mask { get; }

    /// <summary>The keys that packets of a box can have, at most <paramref name="limit"/> and one.</summary>
    public long CountKeys(in RuleBox box, int limit)
    {
        long count = 1;
        for (int d = 0; d < Dimension.Count && count <= limit; d++)
        {
            int drop = (int)_drops[d];
            if (drop < 32) count *= (long)(box.High[d] >> drop) - (box.Low[d] >> drop) + 1;
        }

        return Math.Min(count, limit + 1);
    }

    /// <summary>Writes the buckets, of so many, of all keys of a box, each once, and answers how many.</summary>
    public int WriteBuckets(in RuleBox box, int among, Span<int> buckets)
    {
        SixNumbers at = box.Low;
        int count = 0;
        while (true)
        {
            int bucket = new PacketNumbers(at).BucketOf(Mask, among);
            if (count == 0 || !buckets[..count].Contains(bucket)) buckets[count++] = bucket;
            int d = 0;
            for (; d < Dimension.Count; d++)
            {
                int drop = (int)_drops[d];
                if (drop < 32 && at[d] >> drop < box.High[d] >> drop)
                {
                    at[d] = ((at[d] >> drop) + 1) << drop;
                    break;
                }

                at[d] = box.Low[d];
            }

            if (d == Dimension.Count) return count;
        }
    }
}

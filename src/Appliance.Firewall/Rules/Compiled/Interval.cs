namespace Appliance.Firewall;

/// <summary>Numbers from <paramref name="Low"/> to <paramref name="High"/>, both included.</summary>
internal readonly record struct Interval(UInt128 Low, UInt128 High)
{
    /// <summary>Ascending, with gaps between them.</summary>
    public static List<Interval> Union(IEnumerable<Interval> intervals)
    {
        var union = new List<Interval>();
        foreach (Interval next in intervals.OrderBy(interval => interval.Low))
        {
            if (union.Count > 0 && (next.Low <= union[^1].High || next.Low == union[^1].High + 1))
                union[^1] = union[^1] with { High = UInt128.Max(union[^1].High, next.High) };
            else
                union.Add(next);
        }

        return union;
    }

    /// <summary>What of 0 to <paramref name="last"/> is not in <paramref name="union"/>, which <see cref="Union"/> has made.</summary>
    public static List<Interval> Complement(List<Interval> union, UInt128 last)
    {
        var gaps = new List<Interval>();
        UInt128 start = 0;
        bool isOver = false;
        foreach (Interval interval in union)
        {
            if (interval.Low > start) gaps.Add(new Interval(start, interval.Low - 1));
            isOver = interval.High == last;
            start = interval.High + 1;
        }

        if (!isOver) gaps.Add(new Interval(start, last));
        return gaps;
    }
}

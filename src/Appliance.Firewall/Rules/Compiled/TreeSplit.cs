namespace Appliance.Firewall;

/// <summary>
/// A way to divide boxes by one dimension: it is cut where the narrow boxes begin and end, and each class of numbers gets the boxes that
/// reach into it. Boxes that would be in too many classes stay apart, as the rest that every packet meets.
/// </summary>
internal sealed class TreeSplit
{
    private const int MaximumCopies = 8;            // classes that one box may be in
    private const double NodeCost = 6;              // a look-up, in boxes compared
    private const double LeafBoxes = 8;
    private const double DoublingCost = 4;          // what twice as many boxes cost more, once they are divided
    private readonly List<uint> _starts = [];
    private readonly List<RuleBox> _narrow = [];

    private TreeSplit(int dimension) => Dimension = dimension;

    public int Dimension { get; }

    /// <summary>Where the classes begin, ascending; the first is 0.</summary>
    public IReadOnlyList<uint> Starts => _starts;

    public List<RuleBox> Rest { get; } = [];

    /// <summary>What a packet is expected to cost that goes where most boxes are, in boxes compared.</summary>
    public double Cost { get; private set; }

    /// <summary>Null if nothing is divided by this dimension.</summary>
    public static TreeSplit? Try(List<RuleBox> boxes, in RuleBox domain, int dimension)
    {
        var split = new TreeSplit(dimension);
        foreach (RuleBox box in boxes)
        {
            bool isWide = box.Low[dimension] <= domain.Low[dimension] && box.High[dimension] >= domain.High[dimension];
            (isWide ? split.Rest : split._narrow).Add(box);
        }

        split.Cut();
        if (!split.SetWideApart()) return null;
        split.Cost = NodeCost + CostOf(split.CompanyOfABox()) + CostOf(split.Rest.Count);
        return split;
    }

    /// <summary>The boxes of each class, cut to it.</summary>
    public List<RuleBox>[] Divide(in RuleBox domain)
    {
        var classes = new List<RuleBox>[_starts.Count];
        for (int i = 0; i < classes.Length; i++) classes[i] = [];
        foreach (RuleBox box in _narrow)
            for (int i = ClassOf(box.Low[Dimension]); i <= ClassOf(box.High[Dimension]); i++)
                classes[i].Add(box.Within(Domain(domain, i)));
        return classes;
    }

    /// <summary>The part of the domain that a class is.</summary>
    public RuleBox Domain(in RuleBox domain, int index)
    {
        RuleBox part = domain;
        part.Low[Dimension] = Math.Max(part.Low[Dimension], _starts[index]);
        if (index + 1 < _starts.Count) part.High[Dimension] = Math.Min(part.High[Dimension], _starts[index + 1] - 1);
        return part;
    }

    /// <summary>Few boxes are compared one by one, many will be divided further.</summary>
    private static double CostOf(double boxes) =>
        boxes <= LeafBoxes ? boxes : LeafBoxes + (DoublingCost * Math.Log2(boxes / LeafBoxes));

    /// <summary>What is wide among the narrow ones; those left are cut anew. False if none is left.</summary>
    private bool SetWideApart()
    {
        Rest.AddRange(_narrow.Where(box => Copies(box) > MaximumCopies));
        if (_narrow.RemoveAll(box => Copies(box) > MaximumCopies) > 0) Cut();
        return _narrow.Count > 0;
    }

    private void Cut()
    {
        var starts = new SortedSet<uint> { 0 };
        foreach (RuleBox box in _narrow)
        {
            starts.Add(box.Low[Dimension]);
            if (box.High[Dimension] != uint.MaxValue) starts.Add(box.High[Dimension] + 1);
        }

        _starts.Clear();
        _starts.AddRange(starts);
    }

    /// <summary>The mean size of a class, weighted by size.</summary>
    private double CompanyOfABox()
    {
        var sizes = new long[_starts.Count];
        foreach (RuleBox box in _narrow)
            for (int i = ClassOf(box.Low[Dimension]); i <= ClassOf(box.High[Dimension]); i++) sizes[i]++;
        return (double)sizes.Sum(size => size * size) / sizes.Sum();
    }

    private int Copies(in RuleBox box) => ClassOf(box.High[Dimension]) - ClassOf(box.Low[Dimension]) + 1;

    private int ClassOf(uint value)
    {
        int place = _starts.BinarySearch(value);
        return place >= 0 ? place : ~place - 1;
    }
}

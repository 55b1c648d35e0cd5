using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>Builds a <see cref="RuleTree"/>: greedily, node by node, the dimension that leaves the fewest boxes to look at.</summary>
internal sealed class RuleTreeBuilder
{
    private const int LeafBoxes = 8;                // that many comparisons cost less than a node
    private const int MaximumDepth = 24;

    public List<TreeNode> Nodes { get; } = [];
    public List<uint> Starts { get; } = [];
    public List<int> Children { get; } = [];

    /// <summary>Of all leaves, one leaf behind the other.</summary>
    public List<RuleBox> Boxes { get; } = [];

    public int Depth { get; private set; }

    /// <summary>The root, or -1 where there is no box.</summary>
    public int Build(BoxMaker maker)
    {
        var all = new RuleBox();
        for (int d = 0; d < Dimension.Count; d++) all.High[d] = uint.MaxValue;
        all.High[Dimension.Interface] = Dimension.LastInterface;
        all.High[Dimension.Protocol] = Dimension.LastProtocol;
        all.High[Dimension.SourcePort] = all.High[Dimension.DestinationPort] = Dimension.NoPort;
        if (maker.Sources is { } sources) all.High[Dimension.Source] = (uint)sources.Count - 1;
        if (maker.Destinations is { } destinations) all.High[Dimension.Destination] = (uint)destinations.Count - 1;
        return Build(maker.Boxes, all, depth: 1);
    }

    private int Build(List<RuleBox> boxes, in RuleBox domain, int depth)
    {
        if (boxes.Count == 0) return -1;
        Depth = Math.Max(Depth, depth);
        TreeSplit? best = boxes.Count <= LeafBoxes || depth == MaximumDepth ? null : FindBest(boxes, domain);
        return best is null ? AddLeaf(boxes) : AddNode(best, domain, depth);
    }

    private static TreeSplit? FindBest(List<RuleBox> boxes, in RuleBox domain)
    {
        TreeSplit? best = null;
        for (int d = 0; d < Dimension.Count; d++)
            if (TreeSplit.Try(boxes, domain, d) is { } split && split.Cost < (best?.Cost ?? boxes.Count)) best = split;
        return best;
    }

    private int AddNode(TreeSplit split, in RuleBox domain, int depth)
    {
        int node = Nodes.Count, children = Children.Count, first = Starts.Count;
        Nodes.Add(default);
        List<RuleBox>[] classes = split.Divide(domain);
        CollectionsMarshal.SetCount(Children, children + classes.Length);
        CollectionsMarshal.SetCount(Starts, first + RankSearch.Storage<uint>(classes.Length));
        RankSearch.Write<uint>([.. split.Starts], CollectionsMarshal.AsSpan(Starts)[first..]);
        for (int i = 0; i < classes.Length; i++) Children[children + i] = Build(classes[i], split.Domain(domain, i), depth + 1);
        int rest = Build(split.Rest, domain, depth + 1);
        Nodes[node] = new TreeNode(split.Dimension, first, classes.Length, children, rest);
        return node;
    }

    private int AddLeaf(List<RuleBox> boxes)
    {
        Nodes.Add(new TreeNode(Dimension: -1, Boxes.Count, boxes.Count, Children: 0, Rest: -1));
        Boxes.AddRange(boxes);
        return Nodes.Count - 1;
    }
}

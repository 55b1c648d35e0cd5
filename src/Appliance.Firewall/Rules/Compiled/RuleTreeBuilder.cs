using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>Builds a <see cref="RuleTree"/>: greedily, node by node, the dimension that leaves the fewest boxes to look at.</summary>
internal sealed class RuleTreeBuilder
{
    private const int LeafBoxes = 16;               // two blocks cost less than a node
    private const int MaximumDepth = 24;
    private const double LeastGain = 0.8;           // a split that leaves more of the boxes together than this is none
    private static readonly RuleBox Padding = MakePadding();

    public List<TreeNode> Nodes { get; } = [];
    public List<uint> Starts { get; } = [];
    public List<int> Children { get; } = [];

    /// <summary>Of all leaves, in whole blocks.</summary>
    public List<RuleBox> Boxes { get; } = [];

    public List<int> Rules { get; } = [];
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
            if (TreeSplit.Try(boxes, domain, d) is { } split && split.Cost < (best?.Cost ?? boxes.Count * LeastGain)) best = split;
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
        int first = Boxes.Count / RuleTree.BlockBoxes;
        foreach (RuleBox box in boxes) Add(box);
        while (Boxes.Count % RuleTree.BlockBoxes != 0) Add(Padding);
        Nodes.Add(new TreeNode(Dimension: -1, first, (Boxes.Count / RuleTree.BlockBoxes) - first, Children: 0, Rest: -1));
        return Nodes.Count - 1;
    }

    private void Add(in RuleBox box)
    {
        Boxes.Add(box);
        Rules.Add(box.Rule);
    }

    /// <summary>No packet has this protocol.</summary>
    private static RuleBox MakePadding()
    {
        var padding = new RuleBox();
        padding.Low[Dimension.Protocol] = padding.High[Dimension.Protocol] = uint.MaxValue;
        return padding;
    }
}

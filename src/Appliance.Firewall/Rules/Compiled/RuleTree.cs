using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Appliance.Firewall;

/// <summary>
/// Finds the rules within whose boxes a packet lies. Every node divides by the dimension that leaves fewest boxes together, where boxes that
/// do not care for this dimension are not copied into each class but stand apart in a tree of their own, the rest. So the tree
/// takes memory in proportion to the rules, a packet visits a few paths of it, and at the end of each compares itself with each box
/// by one vector.
/// </summary>
internal sealed class RuleTree
{
    private const int BoxNumbers = 16;              // a line: the lows of all dimensions, then the widths
    private const int WidthsAt = 8;
    private const int RuleLane = Dimension.Count;   // its low is the rule, its width everything
    private readonly TreeNode[] _nodes;
    private readonly AlignedArray<uint> _starts;    // of all nodes, as trees of RankSearch
    private readonly int[] _children;
    private readonly AlignedArray<uint> _boxes;     // of all leaves
    private readonly AddressRank? _sources, _destinations;
    private readonly int _root;

    public RuleTree(BoxMaker maker)
    {
        var builder = new RuleTreeBuilder();
        (_sources, _destinations) = (maker.Sources, maker.Destinations);
        _root = builder.Build(maker);
        (_nodes, _children) = ([.. builder.Nodes], [.. builder.Children]);
        _starts = AlignedArray<uint>.Of(CollectionsMarshal.AsSpan(builder.Starts));
        _boxes = Pack(builder.Boxes);
        Depth = builder.Depth;
    }

    public int Depth { get; }
    public int NodeCount => _nodes.Length;

    public long MemoryBytes =>
        (20L * _nodes.Length) + (4L * _children.Length) + _starts.MemoryBytes + _boxes.MemoryBytes
        + (_sources?.MemoryBytes ?? 0) + (_destinations?.MemoryBytes ?? 0);

    /// <summary>Sets the bit of each rule one of whose boxes the packet is in.</summary>
    public void Collect(in PacketView packet, MatchBits bits)
    {
        if (_root < 0) return;
        bool hasPorts = packet.HasPorts, hasIcmp = packet.HasIcmp;
        Vector256<uint> numbers = Vector256.Create(
            packet.Port,
            (uint)packet.Protocol,
            _sources is null ? (uint)packet.Source : (uint)_sources.Find(packet.Source),
            _destinations is null ? (uint)packet.Destination : (uint)_destinations.Find(packet.Destination),
            hasPorts ? packet.SourcePort : hasIcmp ? packet.IcmpCode : Dimension.NoPort,
            hasPorts ? packet.DestinationPort : hasIcmp ? packet.IcmpType : Dimension.NoPort,
            0,
            0);
        Visit(_root, in numbers, bits);
    }

    private void Visit(int place, in Vector256<uint> numbers, MatchBits bits)
    {
        while (place >= 0)
        {
            TreeNode node = _nodes[place];
            if (node.IsLeaf)
            {
                Compare(node.First, node.Count, numbers, bits);
                return;
            }

            int index = RankSearch.FindLast(ref _starts[node.First], node.Count, numbers.GetElement(node.Dimension));
            Visit(_children[node.Children + index], in numbers, bits);
            place = node.Rest;
        }
    }

    /// <summary>low ≤ number ≤ low + width in every dimension, by one comparison since numbers wrap.</summary>
    private void Compare(int first, int count, Vector256<uint> numbers, MatchBits bits)
    {
        ref uint box = ref _boxes[first * BoxNumbers];
        for (int i = 0; i < count; i++, box = ref Unsafe.Add(ref box, BoxNumbers))
        {
            Vector256<uint> lows = Vector256.LoadUnsafe(ref box), widths = Vector256.LoadUnsafe(ref box, WidthsAt);
            if (Vector256.LessThanOrEqualAll(numbers - lows, widths)) bits.Set((int)Unsafe.Add(ref box, RuleLane));
        }
    }

    private static AlignedArray<uint> Pack(List<RuleBox> boxes)
    {
        var packed = new AlignedArray<uint>(boxes.Count * BoxNumbers);
        for (int i = 0; i < boxes.Count; i++)
        {
            Span<uint> line = packed.Span.Slice(i * BoxNumbers, BoxNumbers);
            line[RuleLane] = (uint)boxes[i].Rule;
            line[WidthsAt..].Fill(uint.MaxValue);
            for (int d = 0; d < Dimension.Count; d++)
            {
                line[d] = boxes[i].Low[d];
                line[WidthsAt + d] = boxes[i].High[d] - boxes[i].Low[d];
            }
        }

        return packed;
    }
}

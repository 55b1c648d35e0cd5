using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Appliance.Firewall;

/// <summary>
/// Finds the rules within whose boxes a packet lies. Every node divides by the dimension that leaves fewest boxes together, where boxes that
/// do not care for this dimension are not copied into each class but stand apart in a tree of their own, the rest. So the tree
/// takes memory in proportion to the rules, a packet visits a few paths of it, and at the end of each compares itself with eight boxes at once.
/// </summary>
internal sealed class RuleTree
{
    public const int BlockBoxes = 8;
    private const int BlockNumbers = BlockBoxes * 2 * Dimension.Count;          // of each dimension eight lows, then eight widths
    private readonly TreeNode[] _nodes;
    private readonly uint[] _starts;                // of all nodes, as trees of RankSearch
    private readonly int[] _children;
    private readonly uint[] _blocks;
    private readonly int[] _rules;                  // of all blocks
    private readonly AddressRank? _sources, _destinations;
    private readonly int _root;

    public RuleTree(BoxMaker maker)
    {
        var builder = new RuleTreeBuilder();
        (_sources, _destinations) = (maker.Sources, maker.Destinations);
        _root = builder.Build(maker);
        (_nodes, _starts, _children) = ([.. builder.Nodes], [.. builder.Starts], [.. builder.Children]);
        _rules = [.. builder.Rules];
        _blocks = PackBlocks(builder.Boxes);
        Depth = builder.Depth;
    }

    public int Depth { get; }
    public int NodeCount => _nodes.Length;

    public long MemoryBytes =>
        (20L * _nodes.Length) + (4L * (_starts.Length + _children.Length + _blocks.Length + _rules.Length))
        + (_sources?.MemoryBytes ?? 0) + (_destinations?.MemoryBytes ?? 0);

    /// <summary>Sets the bit of each rule one of whose boxes the packet is in.</summary>
    public void Collect(in PacketView packet, MatchBits bits)
    {
        if (_root < 0) return;
        SixNumbers numbers = default;
        numbers[Dimension.Interface] = packet.Port;
        numbers[Dimension.Protocol] = (uint)packet.Protocol;
        numbers[Dimension.Source] = _sources is null ? (uint)packet.Source : (uint)_sources.Find(packet.Source);
        numbers[Dimension.Destination] = _destinations is null ? (uint)packet.Destination : (uint)_destinations.Find(packet.Destination);
        bool hasPorts = packet.HasPorts, hasIcmp = packet.HasIcmp;
        numbers[Dimension.SourcePort] = hasPorts ? packet.SourcePort : hasIcmp ? packet.IcmpCode : Dimension.NoPort;
        numbers[Dimension.DestinationPort] = hasPorts ? packet.DestinationPort : hasIcmp ? packet.IcmpType : Dimension.NoPort;
        Visit(_root, in numbers, bits);
    }

    private void Visit(int place, in SixNumbers numbers, MatchBits bits)
    {
        while (place >= 0)
        {
            TreeNode node = _nodes[place];
            if (node.IsLeaf)
            {
                Compare(node.First, node.Count, in numbers, bits);
                return;
            }

            int index = RankSearch.FindLast(ref _starts[node.First], node.Count, numbers[node.Dimension]);
            Visit(_children[node.Children + index], in numbers, bits);
            place = node.Rest;
        }
    }

    private void Compare(int first, int count, in SixNumbers numbers, MatchBits bits)
    {
        Vector256<uint> n0 = Vector256.Create(numbers[0]), n1 = Vector256.Create(numbers[1]), n2 = Vector256.Create(numbers[2]);
        Vector256<uint> n3 = Vector256.Create(numbers[3]), n4 = Vector256.Create(numbers[4]), n5 = Vector256.Create(numbers[5]);
        for (int block = first; block < first + count; block++)
        {
            ref uint box = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_blocks), block * BlockNumbers);
            Vector256<uint> inside = Inside(ref box, 0, n0) & Inside(ref box, 1, n1) & Inside(ref box, 2, n2)
                & Inside(ref box, 3, n3) & Inside(ref box, 4, n4) & Inside(ref box, 5, n5);
            for (uint lanes = inside.ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
                bits.Set(_rules[(block * BlockBoxes) + BitOperations.TrailingZeroCount(lanes)]);
        }
    }

    /// <summary>low ≤ number ≤ low + width, in one comparison since numbers wrap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Inside(ref uint box, int dimension, Vector256<uint> number)
    {
        Vector256<uint> low = Vector256.LoadUnsafe(ref box, (nuint)(dimension * 2 * BlockBoxes));
        Vector256<uint> width = Vector256.LoadUnsafe(ref box, (nuint)(((dimension * 2) + 1) * BlockBoxes));
        return Vector256.LessThanOrEqual(number - low, width);
    }

    private static uint[] PackBlocks(List<RuleBox> boxes)
    {
        var blocks = new uint[boxes.Count / BlockBoxes * BlockNumbers];
        for (int i = 0; i < boxes.Count; i++)
        {
            for (int d = 0; d < Dimension.Count; d++)
            {
                int at = (i / BlockBoxes * BlockNumbers) + (d * 2 * BlockBoxes) + (i % BlockBoxes);
                blocks[at] = boxes[i].Low[d];
                blocks[at + BlockBoxes] = boxes[i].High[d] - boxes[i].Low[d];
            }
        }

        return blocks;
    }
}

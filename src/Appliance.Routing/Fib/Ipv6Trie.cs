using System.Numerics;
using Appliance.Engine;
using Node = Appliance.Routing.Fib.Ipv6Node;

namespace Appliance.Routing.Fib;

/// <summary>
/// The trie of <see cref="Ipv6PrefixTable"/> as the writer sees it. What readers may be walking is never altered, except by single
/// stores: of a leaf where a leaf was, of the place of a node's children, and of a root. A node that gains or loses slots is built anew
/// together with its siblings, published by storing their place in the parent, and only then are the old blocks given back.
/// </summary>
internal sealed class Ipv6Trie : IDisposable
{
    // A change takes at most three chunks of nodes and one of leaves; the rest is kept back so that removing never lacks room to build in.
    private const int ReservedChunks = 16;

    private readonly NativeArray<uint> _coarse;                       // leaves
    private readonly NativeArray<ulong> _roots;                       // a leaf; above it the place of the node below plus one
    private readonly NativeArray<Node> _nodes;
    private readonly NativeArray<uint> _leaves;
    private readonly BlockArena _nodeBlocks;
    private readonly BlockArena _leafBlocks;

    public Ipv6Trie(int nodeChunks, int leafChunks, ITableMemory memory)
    {
        _coarse = new NativeArray<uint>(1 << Ipv6Level.CoarseBits, memory);
        _roots = new NativeArray<ulong>(1 << Ipv6Level.RootBits, memory);
        nodeChunks += ReservedChunks;
        leafChunks += ReservedChunks;
        _nodeBlocks = new BlockArena(nodeChunks, memory);
        _leafBlocks = new BlockArena(leafChunks, memory);
        // One chunk more than is ever used: a reader that meets a block being recycled adds up to 63 to a place that is not its own,
        // before it finds out.
        _nodes = new NativeArray<Node>((nodeChunks + 1) * BlockArena.ChunkSize, memory);
        _leaves = new NativeArray<uint>((leafChunks + 1) * BlockArena.ChunkSize, memory);
    }

    public bool HasRoom => _nodeBlocks.FreeChunks >= ReservedChunks && _leafBlocks.FreeChunks >= ReservedChunks;

    /// <summary>
    /// The shortest length that shows in the same node as this one: routes of other levels are met on the way down, and never copied.
    /// </summary>
    public static int ShortestShownWith(int length) => length switch
    {
        <= Ipv6Level.CoarseBits => 0,
        <= Ipv6Level.RootBits => Ipv6Level.CoarseBits + 1,
        _ => Ipv6Level.Depth(Ipv6Level.OfLength(length)) + 1,
    };

    public Ipv6LookupKernel CreateKernel() => new(_coarse, _roots, _nodes, _leaves);

    /// <summary>
    /// Shows the leaf in every slot that the prefix covers, except where a longer route shows. Serves adding and removing alike: under a
    /// prefix that is present, no slot of its level shows a shorter route than it. A prefix that is not present yet needs <see
    /// cref="HasRoom"/>.
    /// </summary>
    public void Paint(UInt128 network, int length, uint leaf)
    {
        if (length <= Ipv6Level.CoarseBits) PaintCoarse(network, length, leaf);
        else if (length <= Ipv6Level.RootBits) PaintRoots(network, length, leaf);
        else PaintNode(network, length, leaf);
    }

    public void Dispose()
    {
        _coarse.Free();
        _roots.Free();
        _nodes.Free();
        _leaves.Free();
        _nodeBlocks.Dispose();
        _leafBlocks.Dispose();
    }

    private void PaintNode(UInt128 network, int length, uint leaf)
    {
        int level = Ipv6Level.OfLength(length);
        var path = new Path(network, stackalloc int[Ipv6Level.Count]);
        int known = Descend(path, level);
        Node node = known > level ? _nodes[path.Nodes[level]] : default;
        Span<uint> shown = stackalloc uint[Node.Slots];
        Unpack(node, shown);
        int first = path.Slot(level);
        ulong leaves = PaintSlots(shown.Slice(first, 1 << (Ipv6Level.Depth(level + 1) - length)), length, leaf, first, node.Leaves);
        if (leaves == node.Leaves)
        {
            Overwrite(node, shown);
            return;
        }

        Node changed = node with { Leaves = leaves, FirstLeaf = Pack(shown, leaves) };
        if (known <= level) Graft(path, known, level, changed);
        else if (changed is { Leaves: 0, Children: 0 }) Prune(path, level);
        else Replace(path, level, changed);
        if (node.Leaves != 0) _leafBlocks.Free((int)node.FirstLeaf, BitOperations.PopCount(node.Leaves));
    }

    private static ulong PaintSlots(Span<uint> shown, int length, uint leaf, int first, ulong leaves)
    {
        for (int i = 0; i < shown.Length; i++)
        {
            if (Ipv6Leaf.Note(shown[i]) > length + 1) continue;
            shown[i] = leaf;
            ulong bit = 1UL << (first + i);
            leaves = leaf == Ipv6Leaf.None ? leaves & ~bit : leaves | bit;
        }

        return leaves;
    }

    private static int Rank(ulong bitmap, int slot) => BitOperations.PopCount(bitmap & ((1UL << slot) - 1));

    private void PaintCoarse(UInt128 network, int length, uint leaf)
    {
        int first = Ipv6Level.Coarse((ulong)(network >> 64));
        for (int index = first; index < first + (1 << (Ipv6Level.CoarseBits - length)); index++)
            if (Ipv6Leaf.Note(_coarse[index]) <= length + 1)
                Volatile.Write(ref _coarse[index], leaf);
    }

    private void PaintRoots(UInt128 network, int length, uint leaf)
    {
        int first = Ipv6Level.Root((ulong)(network >> 64));
        for (int index = first; index < first + (1 << (Ipv6Level.RootBits - length)); index++)
        {
            ulong root = _roots[index];
            if (Ipv6Leaf.Note((uint)root) <= length + 1) Volatile.Write(ref _roots[index], (root & ~(ulong)uint.MaxValue) | leaf);
        }
    }

    /// <summary>Notes the nodes that exist on the way to a level, and returns how many.</summary>
    private int Descend(in Path path, int level)
    {
        int node = (int)(_roots[path.Root] >> 32) - 1;
        for (int known = 0; ; known++)
        {
            if (node < 0) return known;
            path.Nodes[known] = node;
            if (known == level) return known + 1;
            int slot = path.Slot(known);
            bool isThere = ((_nodes[node].Children >> slot) & 1) != 0;
            node = isThere ? (int)_nodes[node].FirstChild + Rank(_nodes[node].Children, slot) : -1;
        }
    }

    private void Unpack(in Node node, Span<uint> shown)
    {
        int next = (int)node.FirstLeaf;
        for (ulong rest = node.Leaves; rest != 0; rest &= rest - 1)
            shown[BitOperations.TrailingZeroCount(rest)] = _leaves[next++];
    }

    private uint Pack(ReadOnlySpan<uint> shown, ulong leaves)
    {
        if (leaves == 0) return 0;
        int first = _leafBlocks.Allocate(BitOperations.PopCount(leaves));
        int next = first;
        for (ulong rest = leaves; rest != 0; rest &= rest - 1)
            _leaves[next++] = shown[BitOperations.TrailingZeroCount(rest)];
        return (uint)first;
    }

    /// <summary>The same slots show routes as before: they can be written where they are.</summary>
    private void Overwrite(in Node node, ReadOnlySpan<uint> shown)
    {
        int next = (int)node.FirstLeaf;
        for (ulong rest = node.Leaves; rest != 0; rest &= rest - 1)
            Volatile.Write(ref _leaves[next++], shown[BitOperations.TrailingZeroCount(rest)]);
    }

    /// <summary>Puts a node in the place of the one at this level of the path.</summary>
    private void Replace(in Path path, int level, Node changed)
    {
        if (level == 0)
        {
            PublishRoot(path, StoreSingle(changed));
            _nodeBlocks.Free(path.Nodes[0], 1);
            return;
        }

        ref Node parent = ref _nodes[path.Nodes[level - 1]];
        int old = (int)parent.FirstChild;
        int count = BitOperations.PopCount(parent.Children);
        int block = _nodeBlocks.Allocate(count);
        _nodes.Slice(old, count).CopyTo(_nodes.Slice(block, count));
        _nodes[block + path.Nodes[level] - old] = changed;
        PublishChildren(path.Nodes[level - 1], block);
        _nodeBlocks.Free(old, count);
    }

    /// <summary>Adds a node at a level of which the path knows only the first levels, with all that is missing between.</summary>
    private void Graft(in Path path, int known, int level, Node node)
    {
        for (; level > known; level--)
            node = new Node(1UL << path.Slot(level - 1), 0, (uint)StoreSingle(node), 0);
        if (known == 0)
        {
            PublishRoot(path, StoreSingle(node));
            return;
        }

        Node parent = _nodes[path.Nodes[known - 1]];
        int slot = path.Slot(known - 1);
        int count = BitOperations.PopCount(parent.Children);
        int before = Rank(parent.Children, slot);
        int block = _nodeBlocks.Allocate(count + 1);
        _nodes.Slice((int)parent.FirstChild, before).CopyTo(_nodes.Slice(block, before));
        _nodes[block + before] = node;
        _nodes.Slice((int)parent.FirstChild + before, count - before).CopyTo(_nodes.Slice(block + before + 1, count - before));
        Replace(path, known - 1, parent with { Children = parent.Children | (1UL << slot), FirstChild = (uint)block });
        if (count > 0) _nodeBlocks.Free((int)parent.FirstChild, count);
    }

    /// <summary>Takes away the node at this level, which shows and leads to nothing, and those above it that led to nothing else.</summary>
    private void Prune(in Path path, int level)
    {
        int stump = level - 1;                                        // the last node that stays
        while (stump >= 0 && _nodes[path.Nodes[stump]].Leaves == 0 && BitOperations.IsPow2(_nodes[path.Nodes[stump]].Children)) stump--;
        if (stump < 0) PublishRoot(path, -1);
        else RemoveChild(path, stump);

        // Below the stump each node was an only child; the topmost one has gone with its siblings' block.
        for (int i = stump < 0 ? 0 : stump + 2; i <= level; i++) _nodeBlocks.Free(path.Nodes[i], 1);
    }

    private void RemoveChild(in Path path, int level)
    {
        Node parent = _nodes[path.Nodes[level]];
        int count = BitOperations.PopCount(parent.Children);
        int before = path.Nodes[level + 1] - (int)parent.FirstChild;
        int block = count == 1 ? 0 : _nodeBlocks.Allocate(count - 1);
        _nodes.Slice((int)parent.FirstChild, before).CopyTo(_nodes.Slice(block, before));
        _nodes.Slice((int)parent.FirstChild + before + 1, count - before - 1).CopyTo(_nodes.Slice(block + before, count - before - 1));
        Replace(path, level, parent with { Children = parent.Children & ~(1UL << path.Slot(level)), FirstChild = (uint)block });
        _nodeBlocks.Free((int)parent.FirstChild, count);
    }

    private int StoreSingle(Node node)
    {
        int block = _nodeBlocks.Allocate(1);
        _nodes[block] = node;
        return block;
    }

    private void PublishChildren(int node, int block)
    {
        ref Node parent = ref _nodes[node];
        Volatile.WriteBarrier();                                      // the block is whole before anyone can find it
        parent.FirstChild = (uint)block;
    }

    private void PublishRoot(in Path path, int node)
    {
        ulong root = (uint)_roots[path.Root] | ((ulong)(uint)(node + 1) << 32);
        Volatile.Write(ref _roots[path.Root], root);
    }

    /// <summary>The way from the root towards a network: the node of each level, as far as they are known.</summary>
    private readonly ref struct Path(UInt128 network, Span<int> nodes)
    {
        private readonly ulong _upper = (ulong)(network >> 64);
        private readonly ulong _lower = (ulong)network;

        public Span<int> Nodes { get; } = nodes;
        public int Root => Ipv6Level.Root(_upper);
        public int Slot(int level) => Ipv6Level.Slot(_upper, _lower, Ipv6Level.Depth(level));
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Appliance.Routing.Fib;

/// <summary>
/// Longest prefix match in the trie of <see cref="Ipv6PrefixTable"/>. A single walk waits for memory at each level; a batch walks all of its addresses
/// one level at a time, so that the misses of a level overlap.
/// </summary>
internal readonly unsafe struct Ipv6LookupKernel(NativeArray<ulong> roots, NativeArray<Ipv6Node> nodes, NativeArray<uint> leaves)
{
    private const int BlockSize = 64;
    private const int NoLeaf = -1;
    private readonly ulong* _roots = roots.Pointer;
    private readonly Ipv6Node* _nodes = nodes.Pointer;
    private readonly uint* _leaves = leaves.Pointer;

    public int Lookup(UInt128 address)
    {
        int value;
        LookupBlock(&address, &value, 1);
        return value;
    }

    /// <summary>Looks up as many addresses as there are values.</summary>
    public void Lookup(ReadOnlySpan<UInt128> addresses, Span<int> values)
    {
        fixed (UInt128* firstAddress = addresses)
        fixed (int* firstValue = values)
        {
            for (int i = 0; i < values.Length; i += BlockSize)
                LookupBlock(firstAddress + i, firstValue + i, Math.Min(BlockSize, values.Length - i));
        }
    }

    [SkipLocalsInit]
    private void LookupBlock(UInt128* addresses, int* values, int count)
    {
        int* node = stackalloc int[BlockSize];
        int* leaf = stackalloc int[BlockSize];                        // the place of the longest route so far below the root
        int* walking = stackalloc int[BlockSize];                     // the lanes that have a node to look at
        int remaining = 0;
        for (int lane = 0; lane < count; lane++)
        {
            ulong root = Volatile.Read(ref _roots[(ulong)(addresses[lane] >> 64) >> (64 - Ipv6Level.RootBits)]);
            node[lane] = (int)(root >> 32) - 1;
            leaf[lane] = NoLeaf;
            values[lane] = Ipv6Leaf.Value((uint)root);
            walking[remaining] = lane;
            remaining += root >> 32 == 0 ? 0 : 1;
        }

        // Bounded by the level even if a block is recycled under the walk and links in a circle: the caller finds out and asks again.
        for (int level = 0; remaining > 0 && level < Ipv6Level.Count; level++)
            remaining = WalkLevel(addresses, Ipv6Level.Depth(level), node, leaf, walking, remaining);
        for (int lane = 0; lane < count; lane++)
            if (leaf[lane] != NoLeaf)
                values[lane] = Ipv6Leaf.Value(_leaves[leaf[lane]]);
    }

    private int WalkLevel(UInt128* addresses, int depth, int* node, int* leaf, int* walking, int remaining)
    {
        Ipv6Node* first = _nodes;
        int kept = 0;
        for (int i = 0; i < remaining; i++)
        {
            int lane = walking[i];
            int slot = Ipv6Level.Slot((ulong)(addresses[lane] >> 64), (ulong)addresses[lane], depth);
            Ipv6Node* at = first + node[lane];
            ulong before = (1UL << slot) - 1;
            ulong children = at->Children;
            ulong shown = at->Leaves;
            if (((shown >> slot) & 1) != 0) leaf[lane] = at->FirstLeaf + BitOperations.PopCount(shown & before);
            node[lane] = at->FirstChild + BitOperations.PopCount(children & before);
            walking[kept] = lane;
            kept += (int)((children >> slot) & 1);
        }

        return kept;
    }
}

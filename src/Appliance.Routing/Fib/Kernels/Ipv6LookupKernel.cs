using System.Numerics;
using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Routing.Fib;

/// <summary>
/// Longest prefix match in the trie of <see cref="Ipv6PrefixTable"/>. A walk by itself waits for memory at each level; a batch walks all
/// of its addresses one level at a time, so that the misses of a level overlap. Within a level nothing branches on what an address meets.
/// </summary>
internal readonly unsafe struct Ipv6LookupKernel(
    NativeArray<uint> coarse, NativeArray<ulong> roots, NativeArray<Ipv6Node> nodes, NativeArray<uint> leaves)
{
    private const int BlockSize = 64;
    private const int WindowLevels = 10;                              // levels whose slots a window of 64 bits holds
    private readonly uint* _coarse = coarse.Pointer;
    private readonly ulong* _roots = roots.Pointer;
    private readonly Ipv6Node* _nodes = nodes.Pointer;
    private readonly uint* _leaves = leaves.Pointer;

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
        uint* ends = stackalloc uint[BlockSize];                      // what the root or the coarse table shows
        var lanes = stackalloc Lane[BlockSize];
        uint* walking = stackalloc uint[BlockSize];                   // the lanes that have a node to look at
        uint remaining = 0;
        for (int i = 0; i < count; i++)
        {
            ulong upper = Upper(addresses + i);
            ulong root = Volatile.Read(ref _roots[Ipv6Level.Root(upper)]);
            ends[i] = (uint)root != Ipv6Leaf.None ? (uint)root : Volatile.Read(ref _coarse[Ipv6Level.Coarse(upper)]);
            lanes[i].Node = _nodes + (uint)(root >> 32) - 1;
            lanes[i].Leaf = ends + i;
            lanes[i].Window = (upper << Ipv6Level.RootBits) | (Lower(addresses + i) >> (64 - Ipv6Level.RootBits));
            walking[remaining] = (uint)i;
            remaining += root >> 32 == 0 ? 0u : 1u;
        }

        // Bounded by the level even if a block is recycled under the walk and links in a circle: the caller finds out and asks again.
        for (int level = 0; remaining > 0 && level < Ipv6Level.Count; level++)
        {
            if (level == WindowLevels) Reload(addresses, lanes, count);
            remaining = WalkLevel(_nodes, _leaves, lanes, walking, remaining);
        }

        for (int i = 0; i < count; i++)
            values[i] = Ipv6Leaf.Value(*lanes[i].Leaf);
    }

    /// <summary>Takes each walking lane one level down. Returns how many have a node there.</summary>
    private static uint WalkLevel(Ipv6Node* nodes, uint* leaves, Lane* lanes, uint* walking, uint remaining)
    {
        uint kept = 0;
        for (uint i = 0; i < remaining; i++)
        {
            uint index = walking[i];
            Lane* lane = lanes + index;
            int slot = (int)(lane->Window >> (64 - Ipv6Level.NodeBits));
            lane->Window <<= Ipv6Level.NodeBits;
            Ipv6Node* node = lane->Node;
            ulong before = (1UL << slot) - 1;
            ulong children = node->Children;
            ulong shown = node->Leaves;
            nint shows = -(nint)((shown >> slot) & 1);
            nint leaf = (nint)(leaves + node->FirstLeaf + (uint)BitOperations.PopCount(shown & before));
            lane->Leaf = (uint*)((leaf & shows) | ((nint)lane->Leaf & ~shows));
            lane->Node = nodes + node->FirstChild + (uint)BitOperations.PopCount(children & before);
            walking[kept] = index;
            kept += (uint)(children >> slot) & 1;
        }

        return kept;
    }

    /// <summary>After ten levels a window is used up: the rest lies in the lower half.</summary>
    private static void Reload(UInt128* addresses, Lane* lanes, int count)
    {
        for (int i = 0; i < count; i++)
            lanes[i].Window = Lower(addresses + i) << (Ipv6Level.Depth(WindowLevels) - 64);
    }

    // The halves as they lie in memory: shifting a UInt128 costs a call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Upper(UInt128* address) => ((ulong*)address)[BitConverter.IsLittleEndian ? 1 : 0];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Lower(UInt128* address) => ((ulong*)address)[BitConverter.IsLittleEndian ? 0 : 1];

    /// <summary>Where an address has got to: the node to look at, the longest route met so far, and the bits that come next.</summary>
    private struct Lane
    {
        public Ipv6Node* Node;
        public uint* Leaf;
        public ulong Window;
    }
}

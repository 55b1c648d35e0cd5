using System.Runtime.CompilerServices;

namespace Appliance.Routing.Fib;

/// <summary>How the bits of an IPv6 address are shared among the levels of the trie.</summary>
internal static class Ipv6Level
{
    public const int CoarseBits = 12;
    public const int RootBits = 24;
    public const int NodeBits = 6;
    public const int Count = 18;                                      // the last one has two bits left, and four of padding

    /// <summary>The first bit of the address that the nodes of this level look at.</summary>
    public static int Depth(int level) => RootBits + (level * NodeBits);

    /// <summary>The level in whose nodes prefixes of this length show. Length is 25 to 128.</summary>
    public static int OfLength(int length) => (length - RootBits - 1) / NodeBits;

    public static int Coarse(ulong upper) => (int)(upper >> (64 - CoarseBits));

    public static int Root(ulong upper) => (int)(upper >> (64 - RootBits));

    /// <summary>The six bits at a depth, padded with zeros past the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Slot(ulong upper, ulong lower, int depth) => (int)(Window(upper, lower, depth) >> (64 - NodeBits));

    // A shift count is taken modulo 64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Window(ulong upper, ulong lower, int depth)
    {
        if (depth <= 64 - NodeBits) return upper << depth;
        return depth >= 64 ? lower << depth : (upper << depth) | (lower >> (64 - depth));
    }
}

using System.Runtime.CompilerServices;

namespace Appliance.Routing.Fib;

/// <summary>How the bits of an IPv6 address are shared among the levels of the trie.</summary>
internal static class Ipv6Level
{
    public const int RootBits = 16;
    public const int NodeBits = 6;
    public const int Count = 19;                                      // 16 + 18 × 6 = 124; the last level has four bits left and two of padding

    /// <summary>The first bit of the address that this level looks at.</summary>
    public static int Depth(int level) => RootBits + (level * NodeBits);

    /// <summary>The level in whose nodes prefixes of this length show. Length is 17 to 128.</summary>
    public static int OfLength(int length) => (length - RootBits - 1) / NodeBits;

    /// <summary>The six bits at a depth, padded with zeros past the end. Levels 0 to 7 fill the upper half of the address exactly, so none straddles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Slot(ulong upper, ulong lower, int depth) => (int)(((depth < 64 ? upper : lower) << depth) >> (64 - NodeBits));
}

using System.Runtime.CompilerServices;

namespace Appliance.Routing.Fib;

/// <summary>The 16-bit entries of <see cref="Ipv4PrefixTable"/>: a route (top bit set, then its value), the number of a group, or none.</summary>
internal static class Ipv4Entry
{
    public const ushort None = 0;
    public const int MaximumValue = 0x7fff;
    public const int MaximumGroup = 0x7fff;
    public const int GroupSize = 16;                                  // entries: 4 bits of the address, half a cache line
    private const int RouteFlag = 0x8000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRoute(int entry) => entry >= RouteFlag;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsGroup(int entry) => (uint)(entry - 1) < MaximumGroup;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Value(int entry) => entry & MaximumValue;

    /// <summary>Where in the table of groups this one begins. Group numbers start at 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint GroupStart(int group) => ((uint)group - 1) * GroupSize;

    public static ushort Route(int value) => (ushort)(RouteFlag | value);
}

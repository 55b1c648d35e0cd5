using System.Runtime.CompilerServices;

namespace Appliance.Routing.Fib;

/// <summary>
/// The 16-bit entries of <see cref="Ipv4PrefixTable"/>: a route (top bit set, then its value), the number of a group, or none.
/// </summary>
internal static class Ipv4Entry
{
    public const ushort None = 0;
    public const int MaximumValue = 0x7fff;
    public const int MaximumGroup = 0x7fff;
    public const int GroupSize = 256;                                 // entries: the last 8 bits of the address
    private const uint RouteFlag = 0x8000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRoute(uint entry) => entry >= RouteFlag;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsGroup(uint entry) => entry - 1 < MaximumGroup;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Value(uint entry) => (int)entry & MaximumValue;

    /// <summary>Where in the table of groups this one begins. Number 0 is none, and its place stays unused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint GroupStart(uint group) => group * GroupSize;

    public static ushort Route(int value) => (ushort)(RouteFlag | (uint)value);
}

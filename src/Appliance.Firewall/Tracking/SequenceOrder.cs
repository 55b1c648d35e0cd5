using System.Runtime.CompilerServices;

namespace Appliance.Firewall;

/// <summary>Order among sequence numbers (RFC 9293 §3.4). Of two that are 2^31 apart, neither is at most the other.</summary>
internal static class SequenceOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAtMost(uint left, uint right) => (int)(right - left) >= 0;

    /// <summary>
    /// Whether a range lies within another, all of it. An outer one that ends before it begins holds nothing. Comparing each end with one
    /// border would not do: what lies across the point 2^31 away begins behind it and ends before it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWithin(uint first, uint end, uint low, uint high)
    {
        uint size = high - low;
        return (int)size >= 0 && first - low <= size && end - low <= size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBelow(uint left, uint right) => (int)(right - left) > 0;
}

using System.Runtime.CompilerServices;

namespace Appliance.Firewall;

/// <summary>Order among sequence numbers (RFC 9293 §3.4). Of two that are 2^31 apart, neither is at most the other.</summary>
internal static class SequenceOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAtMost(uint left, uint right) => (int)(right - left) >= 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBelow(uint left, uint right) => (int)(right - left) > 0;
}

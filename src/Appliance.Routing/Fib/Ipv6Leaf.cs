namespace Appliance.Routing.Fib;

/// <summary>
/// A route as it shows in a slot: its length plus one above 16 bits of value, so that zero is none. A higher note is a longer route.
/// </summary>
internal static class Ipv6Leaf
{
    public const uint None = 0;

    public static uint Create(int length, int value) => ((uint)(length + 1) << 16) | (ushort)value;

    /// <summary>The length of the route plus one, or 0 for none.</summary>
    public static int Note(uint leaf) => (int)(leaf >> 16);

    /// <summary>The value, or -1 for none, without a branch: a present leaf is far below 2^31.</summary>
    public static int Value(uint leaf) => (ushort)leaf | ((int)(leaf - 1) >> 31);
}

using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// At one moment, for all states of a table: which have certainly not expired, by one product and one comparison for each. Without scaled
/// timeouts they are all that have not; with them, a state that has less than a second left may be missing, and where rules have scales
/// of their own every state is: of these <see cref="FlowTable.IsExpired"/> knows.
/// </summary>
/// <param name="NanosecondsPerSecond">What is left, at least, of each second of a timeout.</param>
/// <param name="Until">States that end later than this by those seconds are alive.</param>
internal readonly record struct ExpiryBound(ulong NanosecondsPerSecond, long Until)
{
    private const ulong Second = 1_000_000_000;

    /// <summary>Nothing is certain.</summary>
    public static ExpiryBound Unknown => new(0, long.MaxValue);

    public static ExpiryBound Unscaled(MonotonicTime now) => new(Second, now.Nanoseconds);

    /// <summary>
    /// With t seconds scaled to ⌊t·left/range⌋ as <see cref="AdaptiveTimeouts.Scale"/> has it: that is more than t·left/range − 1.
    /// </summary>
    public static ExpiryBound Scaled(MonotonicTime now, AdaptiveTimeouts adaptive, int states)
    {
        if (!adaptive.Apply(states)) return Unscaled(now);
        if (states >= adaptive.End) return Unknown;
        ulong left = (ulong)(adaptive.End - states), range = (ulong)(adaptive.End - adaptive.Start);
        return new ExpiryBound(Second * left / range, now.Nanoseconds + (long)Second);
    }

    /// <summary>True: the state has not expired. False: nothing is certain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAlive(in FlowRecord state) => state.LastSeen.Nanoseconds + (long)(state.Timeout * NanosecondsPerSecond) > Until;
}

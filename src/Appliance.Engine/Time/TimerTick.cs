namespace Appliance.Engine;

/// <summary>The grain of a timer wheel's time: 2^20 ns, about a millisecond.</summary>
public static class TimerTick
{
    public const int Bits = 20;

    public const long Nanoseconds = 1L << Bits;

    /// <summary>When a time's tick began: what a wheel has been asked for until then is due by now, whatever else is.</summary>
    public static MonotonicTime Start(MonotonicTime time) => new(Of(time) << Bits);

    /// <summary>The first tick that is not before a time: what waits for it is never early, and less than a tick late.</summary>
    internal static long AtOrAfter(MonotonicTime time) => -(-time.Nanoseconds >> Bits);

    internal static long Of(MonotonicTime time) => time.Nanoseconds >> Bits;
}

namespace Appliance.Engine;

/// <summary>Nanoseconds on a clock that never goes back and has no relation to the time of day.</summary>
public readonly record struct MonotonicTime(long Nanoseconds) : IComparable<MonotonicTime>
{
    /// <summary>The deadline of something that waits for nothing.</summary>
    public static readonly MonotonicTime Never = new(long.MaxValue);

    public int CompareTo(MonotonicTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public static MonotonicTime operator +(MonotonicTime time, long nanoseconds) => new(time.Nanoseconds + nanoseconds);
    public static long operator -(MonotonicTime left, MonotonicTime right) => left.Nanoseconds - right.Nanoseconds;
    public static bool operator <(MonotonicTime left, MonotonicTime right) => left.Nanoseconds < right.Nanoseconds;
    public static bool operator >(MonotonicTime left, MonotonicTime right) => left.Nanoseconds > right.Nanoseconds;
    public static bool operator <=(MonotonicTime left, MonotonicTime right) => left.Nanoseconds <= right.Nanoseconds;
    public static bool operator >=(MonotonicTime left, MonotonicTime right) => left.Nanoseconds >= right.Nanoseconds;
}

namespace Appliance.Engine;

/// <summary>
/// Until when a box acts as its virtual hosts without hearing more of failover, whose thread alone writes. A box that slept, or whose
/// failover does, cannot be told that the other has taken over: its workers find the lease over by themselves, before they look at any
/// frame, and let all fall that they hold.
/// </summary>
public sealed class ActingLease
{
    /// <summary>To be renewed until: it is over whatever the time is.</summary>
    public static readonly MonotonicTime Over = new(long.MinValue);

    private long _until = long.MaxValue;
    private int _lapses;

    /// <summary>How often the box has stood down because it slept; from any thread. Who sees another number has slept, too.</summary>
    public int Lapses => Volatile.Read(ref _lapses);

    /// <summary>From any thread.</summary>
    public bool IsOver(MonotonicTime now) => now.Nanoseconds > Volatile.Read(ref _until);

    /// <summary>
    /// By the thread of failover, or before there is one, whenever it looks at the time; <see cref="MonotonicTime.Never"/>: the box is
    /// nobody, and forwards as any router does.
    /// </summary>
    public void Renew(MonotonicTime until) => Volatile.Write(ref _until, until.Nanoseconds);

    /// <summary>By the thread of failover, which has found out that it slept; behind having given up what the box was.</summary>
    public void Lapse() => Interlocked.Increment(ref _lapses);
}

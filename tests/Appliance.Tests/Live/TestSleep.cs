using System.Collections.Concurrent;
using System.Collections.Immutable;
using Appliance.Threads;

namespace Appliance.Tests.Live;

/// <summary>What threads sleep on in these tests: bells in place of descriptors, each readable from its ring until it is
/// silenced.</summary>
internal sealed class TestSleep : ISleep
{
    private static readonly object Bells = new();
    private static readonly ConcurrentDictionary<int, bool> Ringing = [];
    private static int _bells;

    private bool _isWoken;

    /// <summary>Sleeps that began, of all threads.</summary>
    public static int Sleeps { get; private set; }

    public static int NewBell() => Interlocked.Increment(ref _bells);

    public static void Ring(int bell)
    {
        Ringing[bell] = true;
        lock (Bells) Monitor.PulseAll(Bells);
    }

    public static void Silence(int bell) => Ringing[bell] = false;

    public void Wake()
    {
        lock (Bells)
        {
            _isWoken = true;
            Monitor.PulseAll(Bells);
        }
    }

    public void Wait(ImmutableArray<int> descriptors, long nanoseconds)
    {
        const long LongestMilliseconds = 1_000_000;
        int milliseconds = (int)Math.Min(LongestMilliseconds, Math.Max(0, nanoseconds) / 1_000_000);
        lock (Bells)
        {
            Sleeps++;
            if (!_isWoken && !descriptors.Any(bell => Ringing.GetValueOrDefault(bell))) Monitor.Wait(Bells, milliseconds);
            _isWoken = false;
        }
    }

    public void Pause(long nanoseconds) => Thread.Yield();

    public void Dispose()
    {
    }
}

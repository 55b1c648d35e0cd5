using System.Collections.Immutable;
using Appliance.Ports.Linux;

namespace Appliance.Threads;

/// <summary>A thread's sleep on descriptors of the kernel (poll(2), eventfd(2)).</summary>
internal sealed class DescriptorSleep : ISleep
{
    private const int No = 0;
    private const int Yes = 1;

    private readonly Wakeup _wakeup = new();
    private ImmutableArray<int> _watched = [];
    private int _isWoken;

    public void Wake()
    {
        Volatile.Write(ref _isWoken, Yes);
        _wakeup.Signal();                                               // with a full fence in front
    }

    public void Wait(ImmutableArray<int> descriptors, long nanoseconds)
    {
        if (descriptors != _watched) Watch(descriptors);
        _wakeup.Announce();
        if (Interlocked.Exchange(ref _isWoken, No) == Yes) nanoseconds = 0;
        _wakeup.Sleep(nanoseconds == long.MaxValue ? -1 : Math.Max(0, nanoseconds));
        Volatile.Write(ref _isWoken, No);
    }

    public void Pause(long nanoseconds) => Wakeup.Pause(nanoseconds);

    public void Dispose() => _wakeup.Dispose();

    private void Watch(ImmutableArray<int> descriptors)
    {
        foreach (int descriptor in _watched) _wakeup.Forget(descriptor);
        foreach (int descriptor in descriptors) _wakeup.Watch(descriptor);
        _watched = descriptors;
    }
}

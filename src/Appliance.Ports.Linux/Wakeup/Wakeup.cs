using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// What one thread sleeps on: descriptors that become readable, a doorbell that other threads ring, a deadline. Going to sleep takes three
/// steps, so that nothing that is said meanwhile is missed:
/// <code>
///     wakeup.Announce();                          // from here on Signal rings
///     if (there is work after all) wakeup.Stay();
///     else wakeup.Sleep(nanoseconds);
/// </code>
/// Nothing here allocates or throws after the constructor but <see cref="Watch"/>. One thread owns it; <see cref="Signal"/> is anyone's.
/// </summary>
public sealed unsafe class Wakeup : IDisposable
{
    private const int FewDescriptors = 64;              // room in the beginning, which doubles

    private const int Awake = 0, Asleep = 1, Rung = 2;
    private const int ErrorsUntilMute = 3;

    private readonly Descriptor _doorbell;
    private PolledDescriptor* _polled = (PolledDescriptor*)NativeMemory.AllocZeroed(FewDescriptors, (nuint)sizeof(PolledDescriptor));
    private byte[] _errors = new byte[FewDescriptors];
    private int _count = 1;                             // the doorbell is the first
    private int _state;

    public Wakeup()
    {
        _doorbell = Descriptor.Of(Libc.EventDescriptor(0, Sockets.NonBlocking | Sockets.CloseOnExec), "eventfd", "wakeup");
        _polled[0] = new PolledDescriptor { Descriptor = _doorbell.Number, Wanted = PolledDescriptor.In };
    }

    /// <summary>
    /// Adds a descriptor whose being readable ends a sleep; a negative one is nothing to watch. It must be forgotten before it is closed.
    /// </summary>
    public void Watch(int descriptor)
    {
        if (descriptor < 0) return;
        if (_count == _errors.Length) Grow();
        _errors[_count] = 0;
        _polled[_count++] = new PolledDescriptor { Descriptor = descriptor, Wanted = PolledDescriptor.In };
    }

    public void Forget(int descriptor)
    {
        for (int i = 1; i < _count; i++)
        {
            if (_polled[i].Descriptor != descriptor && _polled[i].Descriptor != ~descriptor) continue;
            _polled[i] = _polled[--_count];
            _errors[i] = _errors[_count];
            return;
        }
    }

    /// <summary>From any thread, after what it tells of has been written: ends a sleep, or keeps one that was announced from beginning.
    /// Costs a system call only then.</summary>
    public void Signal()
    {
        Interlocked.MemoryBarrier();                    // first what is told of, then the look whether anyone sleeps
        if (Volatile.Read(ref _state) != Asleep || Interlocked.CompareExchange(ref _state, Rung, Asleep) != Asleep) return;
        ulong one = 1;
        _ = Libc.Write(_doorbell.Number, &one, sizeof(ulong));
    }

    /// <summary>The owner is about to sleep and looks once more whether it may.</summary>
    public void Announce() => Interlocked.Exchange(ref _state, Asleep);

    /// <summary>It may not.</summary>
    public void Stay() => Volatile.Write(ref _state, Awake);

    /// <summary>
    /// Sleeps until a descriptor is readable, somebody signals, or the time is over; a signal of the kernel's to the process may end it
    /// early. Answers how many descriptors are readable.
    /// </summary>
    /// <param name="nanoseconds">0: only looks. Negative: for ever.</param>
    public int Sleep(long nanoseconds)
    {
        var timeout = TimeSpec.Of(Math.Max(nanoseconds, 0));
        int ready = Libc.Poll(_polled, (nuint)_count, nanoseconds < 0 ? null : &timeout, null);
        Volatile.Write(ref _state, Awake);
        if (ready <= 0) return 0;
        if (_polled[0].Seen != 0)
        {
            ready--;
            ulong rings;
            _ = Libc.Read(_doorbell.Number, &rings, sizeof(ulong));
        }

        if (ready > 0) Settle();
        return ready;
    }

    /// <summary>Sleeps so long, whatever happens meanwhile; a signal of the kernel's to the process may end it early.</summary>
    /// <param name="nanoseconds">Not negative.</param>
    public static void Pause(long nanoseconds)
    {
        var timeout = TimeSpec.Of(nanoseconds);
        _ = Libc.Poll(null, 0, &timeout, null);
    }

    /// <summary>Whether a descriptor was readable when the last <see cref="Sleep"/> ended.</summary>
    public bool IsReady(int descriptor)
    {
        for (int i = 1; i < _count; i++)
        {
            if (_polled[i].Descriptor == descriptor) return (_polled[i].Seen & PolledDescriptor.In) != 0;
        }

        return false;
    }

    public void Dispose()
    {
        _doorbell.Dispose();
        NativeMemory.Free(_polled);
        _polled = null;
    }

    private void Grow()
    {
        Array.Resize(ref _errors, 2 * _errors.Length);
        _polled = (PolledDescriptor*)NativeMemory.Realloc(_polled, (nuint)_errors.Length * (nuint)sizeof(PolledDescriptor));
    }

    /// <summary>
    /// An error is told until somebody takes it, and one that nobody can take for ever: it wakes a few times, not without end.
    /// </summary>
    private void Settle()
    {
        const short Faults = PolledDescriptor.Error | PolledDescriptor.HangUp | PolledDescriptor.Invalid;
        for (int i = 1; i < _count; i++)
        {
            ref PolledDescriptor polled = ref _polled[i];
            if ((polled.Seen & Faults) == 0)
            {
                if (polled.Seen != 0) _errors[i] = 0;
                continue;
            }

            bool isTaken = Sockets.TakeError(polled.Descriptor) != 0;       // a link that went down comes back
            if (!isTaken && ++_errors[i] >= ErrorsUntilMute) polled.Descriptor = ~polled.Descriptor;
        }
    }
}

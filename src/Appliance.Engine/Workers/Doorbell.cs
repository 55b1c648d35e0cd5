using System.Runtime.InteropServices;

namespace Appliance.Engine;

/// <summary>
/// At the door of a worker that may sleep: whoever has put something where it will look rings, and pays for a wake-up only when it sleeps.
/// <code>
///   who sleeps                              who rings
///     1. says so (LieDown)                    1. puts the frame, letter or mail
///     2. full fence                           2. full fence
///     3. looks for work once more             3. looks whether the worker sleeps
///     4. sleeps, unless it found some         4. wakes it; of many who ring one does
/// </code>
/// No wake-up is lost: of two full fences one is first. If the sleeper's is, whoever rings sees it asleep; if the other is, the sleeper's
/// last look sees what was put (Dekker, 1962). A wake-up that comes too late for the sleep it was for ends the next one and costs a breath.
/// </summary>
public sealed class Doorbell
{
    private const int Awake = 0;
    private const int Asleep = 1;

    private State _state;
    private IWakeup? _wakeup;

    /// <summary>A line of its own: others look at it every breath, and it is written only around sleep.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct State
    {
        [FieldOffset(64)] public int Value;
    }

    /// <summary>Whether the worker has lain down and nobody has rung since.</summary>
    public bool IsAsleep => Volatile.Read(ref _state.Value) == Asleep;

    /// <summary>What wakes the worker; before it first lies down. A worker without one never does.</summary>
    public void Connect(IWakeup wakeup) => _wakeup = wakeup;

    /// <summary>By the worker: from here on whoever rings wakes it. It looks for work once more before it sleeps.</summary>
    public void LieDown()
    {
        Volatile.Write(ref _state.Value, Asleep);
        Interlocked.MemoryBarrier();
    }

    /// <summary>By the worker, when its sleep has ended or did not begin.</summary>
    public void GetUp() => Volatile.Write(ref _state.Value, Awake);

    /// <summary>By any thread, behind what it has put where the worker looks.</summary>
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        RingBehindFence();
    }

    /// <summary>The same for who has put a full fence behind its last work for several workers.</summary>
    public void RingBehindFence()
    {
        if (IsAsleep && Interlocked.Exchange(ref _state.Value, Awake) == Asleep) _wakeup?.Wake();
    }
}

using System.Runtime.InteropServices;

namespace Appliance.Engine;

/// <summary>
/// What a <see cref="TimerWheel{TLinks}"/> keeps in each item: its neighbours in a slot's list. All zero: not scheduled.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct TimerLink
{
    public const int SizeBytes = 20;

    internal int Next;                          // item behind this one in its slot; meaningless in the last
    internal int Previous;                      // item in front; meaningless in the first
    internal int Slot;                          // its number + 1; 0: not scheduled
    internal long Tick;                         // when it is due

    public readonly bool IsScheduled => Slot != 0;

    /// <summary>When it is looked at; what was asked for, rounded up to a tick.</summary>
    public readonly MonotonicTime Due => IsScheduled ? new MonotonicTime(Tick << TimerTick.Bits) : MonotonicTime.Never;
}

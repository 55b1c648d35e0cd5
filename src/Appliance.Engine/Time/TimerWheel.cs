using System.Numerics;

namespace Appliance.Engine;

/// <summary>
/// Deadlines of many items, by number: scheduling, cancelling and taking what is due cost the same however many there are, and allocate
/// nothing (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987).
/// <code>
///     level 0   64 slots of a tick      what is due within the current 64 ticks
///     level 1   64 slots of 64 ticks    … within the current 64² ticks
///       ⋮                               an item lies on the level of the highest digit (base 64) in which
///     level 7   64 slots of 64⁷ ticks   its tick differs from the present, in the slot of that digit
/// </code>
/// When the present comes to a slot above level 0, its items go to where they belong by then. Empty slots are skipped by their bits, so a
/// long gap costs no more than what lies in it. Items due at the same tick come in the order in which they were scheduled, unless the steps
/// ran out while they were on their way down: the order depends on the calls alone.
/// </summary>
/// <param name="links">Where items keep their links.</param>
/// <param name="start">The present, before which nothing is due.</param>
public sealed class TimerWheel<TLinks>(TLinks links, MonotonicTime start) where TLinks : struct, ITimerLinks
{
    private const int DigitBits = 6;
    private const int SlotsPerLevel = 1 << DigitBits;
    private const int Levels = 8;                                       // 48 bits of ticks: all of MonotonicTime
    private const long LastTick = long.MaxValue >> TimerTick.Bits;
    private const int Nothing = -1;

    private readonly int[] _first = new int[Levels * SlotsPerLevel];    // meaningless where the slot's bit is clear
    private readonly int[] _last = new int[Levels * SlotsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels];             // by level: a bit for each slot that holds something
    private TLinks _links = links;
    private long _present = Math.Max(TimerTick.Of(start), 0);           // tick: all before it has been taken
    private int _descending = Nothing;                                  // the slot that the present has come to, as long as it holds items

    /// <summary>Items in the wheel.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// When to call <see cref="TryTake"/> again: when the next item is due or, where that is far away, some time before. A tick is the
    /// grain. Never, when nothing is scheduled.
    /// </summary>
    public MonotonicTime NextDeadline
    {
        get
        {
            if (Count == 0) return MonotonicTime.Never;
            long tick = _descending != Nothing ? _present : NextSlot(out _);
            return new MonotonicTime(tick << TimerTick.Bits);
        }
    }

    /// <summary>
    /// Makes an item due at a time, or at once when that has passed; never early, and less than a tick late. It must not be scheduled.
    /// </summary>
    public void Schedule(int item, MonotonicTime due)
    {
        ref TimerLink link = ref _links[item];
        if (link.IsScheduled) throw new InvalidOperationException("The item is in the wheel already.");
        link.Tick = Math.Min(Math.Max(TimerTick.AtOrAfter(due), _present), LastTick);
        Count++;
        Append(item, ref link);
    }

    /// <summary>Takes an item out, if it is in.</summary>
    public void Cancel(int item)
    {
        ref TimerLink link = ref _links[item];
        if (!link.IsScheduled) return;
        Remove(item, ref link);
        Count--;
    }

    /// <summary>
    /// The next item that is due at <paramref name="now"/>; it is in the wheel no more. False: none is, or the steps are used up, and then
    /// there may be more to take in the next call with the same time.
    /// </summary>
    /// <param name="now">Not before that of an earlier call.</param>
    /// <param name="steps">Counted down by one for each item taken or moved, so that a caller's time is bounded.</param>
    public bool TryTake(MonotonicTime now, ref int steps, out int item)
    {
        long target = TimerTick.Of(now);
        while (Count > 0 && steps > 0)
        {
            if (_descending != Nothing)
            {
                steps--;
                Descend();
                continue;
            }

            long tick = NextSlot(out int slot);
            if (tick > target) break;
            _present = tick;
            if (slot >= SlotsPerLevel)
            {
                _descending = slot;
                continue;
            }

            steps--;
            Count--;
            item = _first[slot];
            Remove(item, ref _links[item]);
            return true;
        }

        // Up to here nothing is left, so that what is scheduled next finds its place from the present.
        if (steps > 0) _present = Math.Max(_present, target);
        item = Nothing;
        return false;
    }

    /// <summary>
    /// The first slot, in time, that holds something, and its first tick. Lower levels come first: they lie within a slot of those above.
    /// </summary>
    private long NextSlot(out int slot)
    {
        for (int level = 0; level < Levels; level++)
        {
            int shift = level * DigitBits;
            int digit = (int)(_present >> shift) & (SlotsPerLevel - 1);
            ulong ahead = _occupied[level] >> digit;
            if (ahead == 0) continue;
            int found = digit + BitOperations.TrailingZeroCount(ahead);
            slot = (level * SlotsPerLevel) + found;
            return Math.Max((((_present >> shift) - digit + found) << shift), _present);
        }

        slot = Nothing;
        return LastTick;
    }

    /// <summary>Moves the first item of the slot that the present has come to.</summary>
    private void Descend()
    {
        int item = _first[_descending];
        ref TimerLink link = ref _links[item];
        Remove(item, ref link);
        Append(item, ref link);
    }

    private void Append(int item, ref TimerLink link)
    {
        ulong difference = (ulong)(link.Tick ^ _present);
        int level = difference == 0 ? 0 : BitOperations.Log2(difference) / DigitBits;
        int digit = (int)(link.Tick >> (level * DigitBits)) & (SlotsPerLevel - 1);
        int slot = (level * SlotsPerLevel) + digit;
        ref ulong occupied = ref _occupied[level];
        if ((occupied & (1UL << digit)) == 0)
        {
            occupied |= 1UL << digit;
            _first[slot] = item;
        }
        else
        {
            link.Previous = _last[slot];
            _links[link.Previous].Next = item;
        }

        _last[slot] = item;
        link.Slot = slot + 1;
    }

    private void Remove(int item, ref TimerLink link)
    {
        int slot = link.Slot - 1;
        bool isFirst = _first[slot] == item, isLast = _last[slot] == item;
        if (isFirst && isLast)
        {
            _occupied[slot / SlotsPerLevel] &= ~(1UL << (slot % SlotsPerLevel));
            if (_descending == slot) _descending = Nothing;
        }
        else if (isFirst)
        {
            _first[slot] = link.Next;
        }
        else if (isLast)
        {
            _last[slot] = link.Previous;
        }
        else
        {
            _links[link.Previous].Next = link.Next;
            _links[link.Next].Previous = link.Previous;
        }

        link.Slot = 0;
    }
}

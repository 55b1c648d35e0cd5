using System.Runtime.CompilerServices;

namespace Appliance.Firewall;

/// <summary>
/// The first <see cref="Capacity"/> rules that a packet met on its way to the decision, in order. What comes after is not noted (<see
/// cref="IsFull"/>): those rules act on the packet, and it counts with them, but its state will not.
/// </summary>
public struct RuleTrail
{
    public const int Capacity = 32;
    private const int GatheredBit = 1 << 30, LoggedBit = 1 << 29, RuleBits = LoggedBit - 1;
    private Entries _entries;

    public int Count { get; private set; }
    public readonly bool IsFull => Count == Capacity;

    public readonly TrailEntry this[int index]
    {
        get
        {
            int entry = _entries[index];
            return new TrailEntry(entry & RuleBits, (entry & GatheredBit) != 0, (entry & LoggedBit) != 0);
        }
    }

    /// <summary>False when it is full.</summary>
    internal bool TryAdd(int rule, bool gathered, bool logged)
    {
        if (IsFull) return false;
        _entries[Count++] = rule | (gathered ? GatheredBit : 0) | (logged ? LoggedBit : 0);
        return true;
    }

    internal void Clear() => Count = 0;

    [InlineArray(Capacity)]
    private struct Entries
    {
        private int _first;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Engine;

namespace Appliance.Routing.Fib;

/// <summary>
/// The exact routes of a table: (network, length) → value, at most <see cref="Capacity"/> of them, outside the managed heap. The network
/// is a uint or a UInt128. Open addressing with linear probing, at most half full; removal moves later keys back, so there are no
/// tombstones. Only the writer uses it, and who only wants to print something: what another reads meanwhile is nonsense, and ends.
/// </summary>
internal sealed class PrefixMap<TBits> : IDisposable
    where TBits : unmanaged, IBinaryInteger<TBits>
{
    private const uint Occupied = 1u << 31;                           // in a slot's key; the length at bit 16, the value below
    private const int MaximumCapacity = 1 << 28;
    private readonly NativeArray<Slot> _slots;
    private readonly int _mask;

    public PrefixMap(int capacity, ITableMemory memory)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaximumCapacity);
        Capacity = capacity;
        int slots = (int)BitOperations.RoundUpToPowerOf2((uint)capacity * 2);
        _slots = new NativeArray<Slot>(slots, memory.Sparse);
        _mask = slots - 1;
    }

    public int Capacity { get; }
    public int Count { get; private set; }
    public bool IsFull => Count == Capacity;

    public bool TryGet(TBits network, int length, out int value)
    {
        Slot slot = _slots[Find(network, length)];
        value = (ushort)slot.Key;
        return slot.Key != 0;
    }

    /// <summary>
    /// Adds a route, which must not be there yet, or gives one another value. False, and nothing is changed, when the map is full.
    /// </summary>
    public bool TrySet(TBits network, int length, int value)
    {
        ref Slot slot = ref _slots[Find(network, length)];
        if (slot.Key == 0 && IsFull) return false;
        if (slot.Key == 0) Count++;
        slot = new Slot(network, Occupied | ((uint)length << 16) | (ushort)value);
        return true;
    }

    public bool Remove(TBits network, int length)
    {
        int hole = Find(network, length);
        if (_slots[hole].Key == 0) return false;
        for (int next = (hole + 1) & _mask; _slots[next].Key != 0; next = (next + 1) & _mask)
        {
            // A key may move into the hole unless that lies before its own first choice.
            int home = Home(_slots[next].Network, (byte)(_slots[next].Key >> 16));
            if (((next - home) & _mask) < ((next - hole) & _mask)) continue;
            _slots[hole] = _slots[next];
            hole = next;
        }

        _slots[hole] = default;
        Count--;
        return true;
    }

    /// <summary>All routes, in no order; none may come or go meanwhile.</summary>
    public IEnumerable<(TBits Network, int Length, int Value)> ReadAll()
    {
        for (int i = 0; i <= _mask; i++)
        {
            Slot slot = _slots[i];
            if (slot.Key != 0) yield return (slot.Network, (byte)(slot.Key >> 16), (ushort)slot.Key);
        }
    }

    public void Dispose() => _slots.Free();

    /// <summary>
    /// The slot that holds the route, or the free one where it belongs. Ends because at least half of the slots are free.
    /// </summary>
    private int Find(TBits network, int length)
    {
        int index = Home(network, length);
        while (_slots[index].Key != 0 && !(_slots[index].Network == network && (byte)(_slots[index].Key >> 16) == length))
            index = (index + 1) & _mask;
        return index;
    }

    private int Home(TBits network, int length)
    {
        const ulong OddMultiplier = 0x9e3779b97f4a7c15;               // 2^64 / golden ratio: Fibonacci hashing (Knuth, volume 3, §6.4)
        bool isShort = Unsafe.SizeOf<TBits>() == sizeof(uint);
        UInt128 bits = isShort ? Unsafe.BitCast<TBits, uint>(network) : Unsafe.BitCast<TBits, UInt128>(network);
        ulong mixed = ((ulong)bits ^ (ulong)length) * OddMultiplier;
        mixed = (BitOperations.RotateLeft(mixed, 32) ^ (ulong)(bits >> 64)) * OddMultiplier;
        return (int)(mixed >> 33) & _mask;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Slot(TBits Network, uint Key);
}

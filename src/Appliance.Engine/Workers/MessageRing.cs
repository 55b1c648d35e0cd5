using System.Numerics;

namespace Appliance.Engine;

/// <summary>
/// A bounded queue of small messages from one worker to another: one producer, one consumer, no lock, nothing allocated after it is made.
/// As in <see cref="FrameRing"/> each side keeps the other's position from its last look. What a worker writes before it puts a message, a
/// frame or a mark into any ring is seen by whoever takes that.
/// </summary>
public sealed class MessageRing<T> where T : unmanaged
{
    private readonly T[] _slots;
    private MessagePositions _positions;

    /// <param name="capacity">A power of two.</param>
    public MessageRing(int capacity) : this(capacity, position: 0)
    {
    }

    /// <summary>For tests: a ring through which <paramref name="position"/> messages have gone, modulo 2^32.</summary>
    internal MessageRing(int capacity, uint position)
    {
        if (!BitOperations.IsPow2(capacity)) throw new ArgumentException("The capacity of a ring is a power of two.", nameof(capacity));
        _slots = new T[capacity];
        _positions = new MessagePositions { Head = position, TailSeen = position, Tail = position, HeadSeen = position };
    }

    public int Capacity => _slots.Length;

    /// <summary>Messages inside, as either side may see them.</summary>
    public int Count => (int)(Volatile.Read(ref _positions.Head) - Volatile.Read(ref _positions.Tail));

    /// <summary>Producer: how many more fit at least; there is no less room until it puts one.</summary>
    public int Room
    {
        get
        {
            _positions.TailSeen = Volatile.Read(ref _positions.Tail);
            return Capacity - (int)(_positions.Head - _positions.TailSeen);
        }
    }

    /// <summary>Producer: false, and nothing is done, when there is no room.</summary>
    public bool TryPut(in T message)
    {
        uint head = _positions.Head;
        if (head - _positions.TailSeen == (uint)Capacity && Room == 0) return false;
        _slots[head & (uint)(Capacity - 1)] = message;
        Volatile.Write(ref _positions.Head, head + 1);
        return true;
    }

    /// <summary>Consumer: the first message, which stays; false, after one look at the other's position, when there is none.</summary>
    public bool TryPeek(out T message)
    {
        uint tail = _positions.Tail;
        if (tail == _positions.HeadSeen)
        {
            _positions.HeadSeen = Volatile.Read(ref _positions.Head);
            if (tail == _positions.HeadSeen)
            {
                message = default;
                return false;
            }
        }

        message = _slots[tail & (uint)(Capacity - 1)];
        return true;
    }

    /// <summary>Consumer: takes the message that <see cref="TryPeek"/> showed.</summary>
    public void RemoveFirst() => Volatile.Write(ref _positions.Tail, _positions.Tail + 1);
}

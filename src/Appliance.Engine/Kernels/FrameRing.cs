using System.Numerics;
using System.Runtime.InteropServices;

namespace Appliance.Engine;

/// <summary>
/// A bounded queue of frames from one worker to another: one producer, one consumer, no lock. Each side keeps the other's position from
/// its last look and looks again only when that does not suffice, so that in a steady flow the two touch each other's cache line once a
/// batch.
/// </summary>
public sealed unsafe class FrameRing : IDisposable
{
    private Frame* _slots;
    private readonly uint _mask;
    private Positions _positions;

    /// <summary>
    /// Positions run on without wrapping at the capacity; each writer's line is apart from the other's by two lines (adjacent-line
    /// prefetch).
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Positions
    {
        [FieldOffset(128)] public uint Head;            // written by the producer
        [FieldOffset(132)] public uint TailSeen;        // the producer's last look at Tail
        [FieldOffset(136)] public uint MarkAt;          // written by the producer, before MarkNumber
        [FieldOffset(140)] public uint MarkNumber;
        [FieldOffset(256)] public uint Tail;            // written by the consumer
        [FieldOffset(260)] public uint HeadSeen;        // the consumer's last look at Head
    }

    /// <param name="capacity">A power of two.</param>
    public FrameRing(int capacity) : this(capacity, position: 0)
    {
    }

    /// <summary>For tests: a ring through which <paramref name="position"/> frames have gone, modulo 2^32.</summary>
    internal FrameRing(int capacity, uint position)
    {
        if (!BitOperations.IsPow2(capacity)) throw new ArgumentException("The capacity of a ring is a power of two.", nameof(capacity));
        _slots = (Frame*)NativeMemory.AlignedAlloc((nuint)capacity * (nuint)sizeof(Frame), 64);
        _mask = (uint)capacity - 1;
        _positions = new Positions { Head = position, TailSeen = position, Tail = position, HeadSeen = position };
    }

    public int Capacity => (int)_mask + 1;

    /// <summary>Frames inside, as either side may see them.</summary>
    public int Count => (int)(Volatile.Read(ref _positions.Head) - Volatile.Read(ref _positions.Tail));

    /// <summary>
    /// Producer: puts the first frames of <paramref name="frames"/>, as many as fit; answers how many. The rest stay the caller's.
    /// </summary>
    public int Enqueue(ReadOnlySpan<Frame> frames)
    {
        uint head = _positions.Head;
        uint room = _mask + 1 - (head - _positions.TailSeen);
        if (room < (uint)frames.Length)
        {
            _positions.TailSeen = Volatile.Read(ref _positions.Tail);
            room = _mask + 1 - (head - _positions.TailSeen);
        }

        int count = (int)Math.Min(room, (uint)frames.Length);
        int untilWrap = Math.Min(count, UntilWrap(head));
        frames[..untilWrap].CopyTo(Slots(head, untilWrap));
        if (untilWrap < count) frames[untilWrap..count].CopyTo(Slots(0, count - untilWrap));
        Volatile.Write(ref _positions.Head, head + (uint)count);
        return count;
    }

    /// <summary>
    /// Producer: sets the mark of this number behind everything enqueued so far. A ring has one mark, the latest; numbers only grow, modulo
    /// 2^32, and the next is set when all have passed this one.
    /// </summary>
    public void Mark(uint number)
    {
        _positions.MarkAt = _positions.Head;
        Volatile.Write(ref _positions.MarkNumber, number);
    }

    /// <summary>Producer: the position behind everything enqueued so far.</summary>
    public uint Enqueued => _positions.Head;

    /// <summary>Producer: whether all that lies before a position has been taken.</summary>
    public bool IsTaken(uint position) => (int)(Volatile.Read(ref _positions.Tail) - position) >= 0;

    /// <summary>Consumer: whether the mark of this number has been set and all that lies before it taken.</summary>
    public bool HasPassed(uint number) =>
        Volatile.Read(ref _positions.MarkNumber) == number && (int)(_positions.Tail - _positions.MarkAt) >= 0;

    /// <summary>
    /// Consumer: the same as <see cref="Dequeue(Span{Frame})"/>, but not past a mark later than <paramref name="passable"/>.
    /// </summary>
    public int Dequeue(Span<Frame> frames, uint passable)
    {
        // In this order: whatever is inside now lies before a mark that is not seen now.
        _positions.HeadSeen = Volatile.Read(ref _positions.Head);
        uint available = _positions.HeadSeen - _positions.Tail;
        if ((int)(Volatile.Read(ref _positions.MarkNumber) - passable) > 0)
            available = Math.Min(available, (uint)Math.Max(0, (int)(_positions.MarkAt - _positions.Tail)));
        return Dequeue(frames[..(int)Math.Min(available, (uint)frames.Length)]);
    }

    /// <summary>Consumer: takes up to <paramref name="frames"/>.Length frames; answers how many.</summary>
    public int Dequeue(Span<Frame> frames)
    {
        uint tail = _positions.Tail;
        uint available = _positions.HeadSeen - tail;
        if (available < (uint)frames.Length)
        {
            _positions.HeadSeen = Volatile.Read(ref _positions.Head);
            available = _positions.HeadSeen - tail;
        }

        int count = (int)Math.Min(available, (uint)frames.Length);
        int untilWrap = Math.Min(count, UntilWrap(tail));
        Slots(tail, untilWrap).CopyTo(frames);
        if (untilWrap < count) Slots(0, count - untilWrap).CopyTo(frames[untilWrap..]);
        Volatile.Write(ref _positions.Tail, tail + (uint)count);
        return count;
    }

    /// <summary>Slots from a position to the end of the array.</summary>
    private int UntilWrap(uint position) => (int)(_mask + 1 - (position & _mask));

    private Span<Frame> Slots(uint position, int count) => new(_slots + (position & _mask), count);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_slots);
        _slots = null;
    }
}

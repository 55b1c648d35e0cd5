using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// Control frames on their way from a worker, which found them among the others, to the control thread: bounded, one producer, one
/// consumer, no lock. A frame longer than a slot is cut off.
/// </summary>
internal sealed class ControlRing
{
    /// <summary>Frames that may wait.</summary>
    public const int Capacity = 256;

    private const int SlotBytes = 2048;

    private readonly byte[] _slots = new byte[Capacity * SlotBytes];
    private Positions _positions;
    private long _lost;

    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Positions
    {
        [FieldOffset(128)] public uint Head;            // written by the producer
        [FieldOffset(256)] public uint Tail;            // written by the consumer
    }

    /// <summary>Frames that found no room.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Producer. False: it is lost, and counted.</summary>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        uint head = _positions.Head;
        if (head - Volatile.Read(ref _positions.Tail) == Capacity)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return false;
        }

        Span<byte> slot = Slot(head);
        int length = Math.Min(frame.Length, SlotBytes - sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(slot, length);
        frame[..length].CopyTo(slot[sizeof(int)..]);
        Volatile.Write(ref _positions.Head, head + 1);
        return true;
    }

    /// <summary>Consumer: the oldest, cut off at the end of <paramref name="into"/>. False: there is none.</summary>
    public bool TryTake(Span<byte> into, out int length)
    {
        length = 0;
        uint tail = _positions.Tail;
        if (Volatile.Read(ref _positions.Head) == tail) return false;
        ReadOnlySpan<byte> slot = Slot(tail);
        length = Math.Min(into.Length, BinaryPrimitives.ReadInt32LittleEndian(slot));
        slot.Slice(sizeof(int), length).CopyTo(into);
        Volatile.Write(ref _positions.Tail, tail + 1);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Slot(uint position) => _slots.AsSpan((int)(position % Capacity) * SlotBytes, SlotBytes);
}

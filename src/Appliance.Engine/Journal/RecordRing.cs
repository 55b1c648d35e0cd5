using System.Numerics;
using System.Runtime.InteropServices;

namespace Appliance.Engine;

/// <summary>
/// A bounded queue of short records from one thread to another: one producer, one consumer, no lock, nothing allocated after it is made.
/// A record lies in one piece, so whoever takes it reads it in place; one that would not fit before the end of the memory begins at its
/// start, and what is left is skipped.
/// </summary>
public sealed class RecordRing
{
    /// <summary>Bytes before each record.</summary>
    public const int HeaderBytes = 24;

    private const int Alignment = 8;
    private const int Skip = -1;                                      // in place of a length: the next record begins at the start

    private readonly byte[] _bytes;
    private MessagePositions _positions;

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public int Length;
        public ushort Stream;
        public byte Kind;
        public ulong Sequence;
        public long Time;
    }

    /// <param name="capacityBytes">A power of two, at least 4096; a record may take a quarter of it.</param>
    public RecordRing(int capacityBytes) : this(capacityBytes, position: 0)
    {
    }

    /// <summary>For tests: a ring through which that many bytes have gone, modulo 2^32.</summary>
    internal RecordRing(int capacityBytes, uint position)
    {
        if (!BitOperations.IsPow2(capacityBytes) || capacityBytes < 4096)
            throw new ArgumentException("The capacity of a ring is a power of two from 4096 on.", nameof(capacityBytes));
        _bytes = new byte[capacityBytes];
        position &= ~(uint)(Alignment - 1);
        _positions = new MessagePositions { Head = position, TailSeen = position, Tail = position, HeadSeen = position };
    }

    public int CapacityBytes => _bytes.Length;

    public int MaxRecordLength => (CapacityBytes / 4) - HeaderBytes;

    /// <summary>As either side may see it.</summary>
    public bool IsEmpty => Volatile.Read(ref _positions.Head) == Volatile.Read(ref _positions.Tail);

    /// <summary>Bytes that are taken, headers included, as either side may see them.</summary>
    public int UsedBytes => (int)(Volatile.Read(ref _positions.Head) - Volatile.Read(ref _positions.Tail));

    /// <summary>Producer: false, and nothing is done, when there is no room for it, or it is longer than a record may be.</summary>
    public bool TryPut(in RecordNote note, ReadOnlySpan<byte> record)
    {
        if (record.Length > MaxRecordLength) return false;
        uint head = _positions.Head;
        int at = (int)(head & (uint)(CapacityBytes - 1));
        int needed = BytesFor(record.Length), toEnd = CapacityBytes - at;
        int skipped = needed > toEnd ? toEnd : 0;
        if (!HasRoom(head, needed + skipped)) return false;
        if (skipped > 0)
        {
            MemoryMarshal.Write(_bytes.AsSpan(at), Skip);
            at = 0;
        }

        var header = new Header
        {
            Length = record.Length, Stream = note.Stream, Kind = note.Kind, Sequence = note.Sequence, Time = note.Time,
        };
        MemoryMarshal.Write(_bytes.AsSpan(at), header);
        record.CopyTo(_bytes.AsSpan(at + HeaderBytes));
        Volatile.Write(ref _positions.Head, head + (uint)(needed + skipped));
        return true;
    }

    /// <summary>Consumer: the first record, which stays in the ring and may be read until it is removed. False: there is none.</summary>
    public bool TryPeek(out RecordNote note, out ReadOnlySpan<byte> record)
    {
        note = default;
        record = default;
        if (!HasOne()) return false;
        int at = (int)(_positions.Tail & (uint)(CapacityBytes - 1));
        if (MemoryMarshal.Read<int>(_bytes.AsSpan(at)) == Skip)
        {
            Volatile.Write(ref _positions.Tail, _positions.Tail + (uint)(CapacityBytes - at));
            at = 0;
        }

        Header header = MemoryMarshal.Read<Header>(_bytes.AsSpan(at));
        note = new RecordNote(header.Stream, header.Kind, header.Sequence, header.Time);
        record = _bytes.AsSpan(at + HeaderBytes, header.Length);
        return true;
    }

    /// <summary>Consumer: where the first record is, for <see cref="TryLookAhead"/>.</summary>
    public uint FirstPlace => _positions.Tail;

    /// <summary>
    /// Consumer: the record at a place, which stays in the ring, and the place behind it. False: there is none yet.
    /// </summary>
    /// <param name="place"><see cref="FirstPlace"/>, or as it was left since; meaningless when records before it are removed.</param>
    public bool TryLookAhead(ref uint place, out RecordNote note, out ReadOnlySpan<byte> record)
    {
        note = default;
        record = default;
        if (place == _positions.HeadSeen && place == (_positions.HeadSeen = Volatile.Read(ref _positions.Head))) return false;
        int at = (int)(place & (uint)(CapacityBytes - 1));
        if (MemoryMarshal.Read<int>(_bytes.AsSpan(at)) == Skip)
        {
            place += (uint)(CapacityBytes - at);
            at = 0;
        }

        Header header = MemoryMarshal.Read<Header>(_bytes.AsSpan(at));
        note = new RecordNote(header.Stream, header.Kind, header.Sequence, header.Time);
        record = _bytes.AsSpan(at + HeaderBytes, header.Length);
        place += (uint)BytesFor(header.Length);
        return true;
    }

    /// <summary>Consumer: takes the record that <see cref="TryPeek"/> showed.</summary>
    public void RemoveFirst()
    {
        int at = (int)(_positions.Tail & (uint)(CapacityBytes - 1));
        int length = MemoryMarshal.Read<int>(_bytes.AsSpan(at));
        Volatile.Write(ref _positions.Tail, _positions.Tail + (uint)BytesFor(length));
    }

    private static int BytesFor(int length) => (HeaderBytes + length + Alignment - 1) & ~(Alignment - 1);

    private bool HasRoom(uint head, int needed)
    {
        if ((uint)CapacityBytes - (head - _positions.TailSeen) >= (uint)needed) return true;
        _positions.TailSeen = Volatile.Read(ref _positions.Tail);
        return (uint)CapacityBytes - (head - _positions.TailSeen) >= (uint)needed;
    }

    /// <summary>A skip is put together with the record behind it.</summary>
    private bool HasOne()
    {
        if (_positions.Tail != _positions.HeadSeen) return true;
        _positions.HeadSeen = Volatile.Read(ref _positions.Head);
        return _positions.Tail != _positions.HeadSeen;
    }
}

using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Sync;

/// <summary>Writes records into a parcel, as many as fit: those that follow one another in a stream share a section.</summary>
public ref struct SyncParcelWriter(Span<byte> room)
{
    /// <summary>The least room that takes any record.</summary>
    public const int MinRoom =
        SyncSections.HeaderLength + SyncRecords.HeaderLength + SyncRecords.RecordHeaderLength + SyncRecords.MaxRecordLength;

    private readonly Span<byte> _room = room;
    private int _section = -1;                                        // where the open one begins
    private ushort _stream;
    private ulong _next;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public int Records { get; private set; }

    /// <summary>False: there is no room for it any more, and nothing was written.</summary>
    /// <param name="record">At most <see cref="SyncRecords.MaxRecordLength"/> bytes; it is copied.</param>
    public bool TryAdd(ushort stream, ulong sequence, SyncRecordKind kind, ReadOnlySpan<byte> record)
    {
        bool goesOn = _section >= 0 && stream == _stream && sequence == _next;
        int needed = SyncRecords.RecordHeaderLength + record.Length;
        if (!goesOn) needed += SyncSections.HeaderLength + SyncRecords.HeaderLength;
        if (needed > _room.Length - Length) return false;
        if (!goesOn) Open(stream, sequence);
        Span<byte> bytes = _room[Length..];
        (bytes[0], bytes[1]) = ((byte)kind, 0);
        WriteUInt16BigEndian(bytes[2..], (ushort)record.Length);
        record.CopyTo(bytes[SyncRecords.RecordHeaderLength..]);
        Length += SyncRecords.RecordHeaderLength + record.Length;
        _next = sequence + 1;
        Records++;
        SyncSections.WriteHeader(_room[_section..], SyncSectionKind.Records, Length - _section - SyncSections.HeaderLength);
        return true;
    }

    private void Open(ushort stream, ulong sequence)
    {
        (_section, _stream) = (Length, stream);
        Span<byte> header = _room[(Length + SyncSections.HeaderLength)..];
        WriteUInt16BigEndian(header, stream);
        WriteUInt16BigEndian(header[2..], 0);
        WriteUInt64BigEndian(header[4..], sequence);
        Length += SyncSections.HeaderLength + SyncRecords.HeaderLength;
    }
}

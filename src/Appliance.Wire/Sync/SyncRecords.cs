using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Sync;

/// <summary>
/// Goes through the records of a section: consecutive ones of one stream. What they say is between the two who write and read them.
/// </summary>
/// <remarks>
/// <code>
///  0        2      4                 12
/// +--------+------+-----------------+------+----+--------+---------+--
/// | stream | 0    | sequence of the | kind | 0  | length | record  | …
/// |        |      | first           | 1    | 1  | 2      |         |
/// +--------+------+-----------------+------+----+--------+---------+--
/// </code>
/// </remarks>
public ref struct SyncRecords
{
    public const int HeaderLength = 12;                               // bytes
    public const int RecordHeaderLength = 4;                          // bytes, before each

    /// <summary>The longest record that there is; fits into any parcel.</summary>
    public const int MaxRecordLength = 512;                           // bytes

    private ReadOnlySpan<byte> _rest;
    private ulong _next;

    /// <summary>False when the header is cut off.</summary>
    public static bool TryParse(ReadOnlySpan<byte> content, out SyncRecords records)
    {
        records = default;
        if (content.Length < HeaderLength) return false;
        records.Stream = ReadUInt16BigEndian(content);
        records._next = ReadUInt64BigEndian(content[4..]);
        records._rest = content[HeaderLength..];
        return true;
    }

    public ushort Stream { get; private set; }

    /// <summary>Bytes that are left are no record, or one longer than there is.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The next record and its place in the stream. False: there is none, or what there is <see cref="IsBroken"/>.</summary>
    public bool TryNext(out SyncRecordKind kind, out ulong sequence, out ReadOnlySpan<byte> record)
    {
        (kind, sequence) = (SyncRecordKind.None, _next);
        record = default;
        if (_rest.IsEmpty) return false;
        int length = _rest.Length < RecordHeaderLength ? int.MaxValue : ReadUInt16BigEndian(_rest[2..]);
        IsBroken = length > MaxRecordLength || length > _rest.Length - RecordHeaderLength;
        if (IsBroken)
        {
            _rest = default;
            return false;
        }

        kind = (SyncRecordKind)_rest[0];
        record = _rest.Slice(RecordHeaderLength, length);
        _rest = _rest[(RecordHeaderLength + length)..];
        _next++;
        return true;
    }
}

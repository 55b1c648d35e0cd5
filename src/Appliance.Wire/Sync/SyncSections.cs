using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Sync;

/// <summary>Goes through the sections of a message, one by one.</summary>
/// <remarks>
/// <code>
///  0      1    2        4
/// +------+----+--------+----------
/// | kind | 0  | length | content
/// +------+----+--------+----------
/// </code>
/// </remarks>
public ref struct SyncSections(ReadOnlySpan<byte> bytes)
{
    public const int HeaderLength = 4;                                // bytes

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes that are left are no section.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The next section, of whatever kind. False: there is none, or what there is <see cref="IsBroken"/>.</summary>
    public bool TryNext(out SyncSectionKind kind, out ReadOnlySpan<byte> content)
    {
        kind = SyncSectionKind.None;
        content = default;
        if (_rest.IsEmpty) return false;
        IsBroken = _rest.Length < HeaderLength || ReadUInt16BigEndian(_rest[2..]) > _rest.Length - HeaderLength;
        if (IsBroken)
        {
            _rest = default;
            return false;
        }

        kind = (SyncSectionKind)_rest[0];
        content = _rest.Slice(HeaderLength, ReadUInt16BigEndian(_rest[2..]));
        _rest = _rest[(HeaderLength + content.Length)..];
        return true;
    }

    /// <summary>Writes a section's header in front of <paramref name="length"/> bytes of content.</summary>
    public static void WriteHeader(Span<byte> bytes, SyncSectionKind kind, int length)
    {
        (bytes[0], bytes[1]) = ((byte)kind, 0);
        WriteUInt16BigEndian(bytes[2..], (ushort)length);
    }
}

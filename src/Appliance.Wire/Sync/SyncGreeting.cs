using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Sync;

/// <summary>What one end says of itself before records flow.</summary>
/// <remarks>
/// <code>
///  0      8         10      11   12       14   16         24       26   28 or more; of older programs 24 or 12
/// +------+---------+-------+----+--------+----+----------+--------+----+
/// | rank | streams | flags | 0  | length | 0  | steering | beside | 0  |
/// +------+---------+-------+----+--------+----+----------+--------+----+
/// </code>
/// </remarks>
/// <param name="Rank">Whose states count where the two differ: the higher one's.</param>
/// <param name="Streams">How many there are of flows; both number them alike.</param>
/// <param name="WinsTies">Where the ranks are equal; said by one of the two.</param>
/// <param name="IsOpen">It has heard the other's greeting in this epoch, and need not hear it again.</param>
/// <param name="MayLack">
/// What is not there need not have ended: it has just begun, or slept for long. Whatever the ranks, the other's states count if only one
/// says so.
/// </param>
public readonly record struct SyncGreeting(ulong Rank, ushort Streams, bool WinsTies, bool IsOpen, bool MayLack)
{
    public const int Length = 28;                                     // bytes; a newer program may write more
    public const int MinLength = 12;                                  // an older one less

    private const int BesideAt = 24;

    /// <summary>Bytes of the longest message that its ports carry; 0: it does not say.</summary>
    public ushort MaxMessageLength { get; init; }

    /// <summary>A digest of how flows find their streams; 0: it does not say.</summary>
    public ulong Steering { get; init; }

    /// <summary>
    /// Streams behind those of flows, of what is none; a number always means the same (<see cref="SyncBeside"/>). Those that both have are
    /// used; 0 from an older program.
    /// </summary>
    public ushort Beside { get; init; }

    /// <summary>The greeting that a message brings; false: it is a parcel, or brings none that is whole.</summary>
    public static bool TryFind(in SyncView message, out SyncGreeting greeting)
    {
        greeting = default;
        var sections = new SyncSections(message.Sections);
        while (message.Parcel == 0 && sections.TryNext(out SyncSectionKind kind, out ReadOnlySpan<byte> content))
        {
            if (kind == SyncSectionKind.Greeting) return TryRead(content, out greeting);
        }

        return false;
    }

    /// <summary>False when there are fewer than <see cref="MinLength"/> bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, out SyncGreeting greeting)
    {
        greeting = default;
        if (content.Length < MinLength) return false;
        byte flags = content[10];
        bool isOlder = content.Length < BesideAt;
        (bool winsTies, bool isOpen, bool mayLack) = ((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
        greeting = new(ReadUInt64BigEndian(content), ReadUInt16BigEndian(content[8..]), winsTies, isOpen, mayLack)
        {
            MaxMessageLength = isOlder ? (ushort)0 : ReadUInt16BigEndian(content[12..]),
            Steering = isOlder ? 0 : ReadUInt64BigEndian(content[16..]),
            Beside = content.Length < BesideAt + sizeof(ushort) ? (ushort)0 : ReadUInt16BigEndian(content[BesideAt..]),
        };
        return true;
    }

    public void WriteTo(Span<byte> content)
    {
        WriteUInt64BigEndian(content, Rank);
        WriteUInt16BigEndian(content[8..], Streams);
        (content[10], content[11]) = ((byte)((WinsTies ? 1 : 0) | (IsOpen ? 2 : 0) | (MayLack ? 4 : 0)), 0);
        WriteUInt16BigEndian(content[12..], MaxMessageLength);
        WriteUInt16BigEndian(content[14..], 0);
        WriteUInt64BigEndian(content[16..], Steering);
        WriteUInt16BigEndian(content[BesideAt..], Beside);
        WriteUInt16BigEndian(content[(BesideAt + sizeof(ushort))..], 0);
    }
}

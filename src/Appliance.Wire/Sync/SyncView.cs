using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Sync;

/// <summary>A message of flow-state sync over borrowed bytes, as it stands in what the lane has decrypted and found authentic.</summary>
/// <remarks>
/// <code>
///  0    1        2       4       8              12       20             28          36 or more
/// +----+--------+-------+-------+--------------+--------+--------------+-----------+--------------------
/// | 1  | header | flags | epoch | epoch of the | parcel | acknowledged | selective | sections
/// |    | bytes  | 0     |       | receiver     |        |              |           |
/// +----+--------+-------+-------+--------------+--------+--------------+-----------+--------------------
/// </code>
/// A newer program may make the header longer, and write sections and kinds of records that are not known here: all of them are passed
/// over. Only what cannot be passed over is another version, which is refused.
/// </remarks>
public readonly ref struct SyncView
{
    public const int HeaderLength = 36;                               // bytes; the header of this version is at least as long
    public const byte CurrentVersion = 1;

    private readonly ReadOnlySpan<byte> _bytes;

    private SyncView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>False for another version, or a header that is cut off or shorter than this one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SyncView view)
    {
        bool isWhole = bytes.Length >= HeaderLength
            && bytes[0] == CurrentVersion
            && bytes[1] >= HeaderLength
            && bytes[1] <= bytes.Length;
        view = isWhole ? new SyncView(bytes) : default;
        return isWhole;
    }

    /// <summary>Of the sender: grows with each time that it begins anew. Never 0.</summary>
    public uint Epoch => ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>Of the receiver, as last heard; 0: not yet.</summary>
    public uint PeerEpoch => ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>The parcel that the sections are; from 1 on within an epoch. 0: they are none, and may be lost.</summary>
    public ulong Parcel => ReadUInt64BigEndian(_bytes[12..]);

    /// <summary>The receiver's parcels up to this one have arrived and were handed on.</summary>
    public ulong Acknowledged => ReadUInt64BigEndian(_bytes[20..]);

    /// <summary>Bit n: so has the parcel n + 1 behind <see cref="Acknowledged"/>, which may wait for one before it.</summary>
    public ulong Selective => ReadUInt64BigEndian(_bytes[28..]);

    /// <summary>What follows the header: none or more sections, not looked at yet.</summary>
    public ReadOnlySpan<byte> Sections => _bytes[_bytes[1]..];
}

using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Transport;

/// <summary>A TCP segment (RFC 9293 §3.1) over borrowed bytes. Setters write in place and leave <see cref="Checksum"/> as it is.</summary>
/// <remarks>
/// <code>
///  0       1               2               3               4
/// +-----------------------+-------------------------------+
/// | source port           | destination port              |
/// +-----------------------+-------------------------------+
/// | sequence number                                       |
/// +-------------------------------------------------------+
/// | acknowledgment number                                 |
/// +------+-----+----------+-------------------------------+
/// |offset| rsv | flags    | window                        |
/// +------+-----+----------+-------------------------------+
/// | checksum              | urgent pointer                |
/// +-----------------------+-------------------------------+
/// | options, 0 to 40 bytes                                |
/// +-------------------------------------------------------+
/// </code>
/// The header length is fixed when the view is made.
/// </remarks>
public readonly ref struct TcpView
{
    public const int MinHeaderLength = 20;                            // bytes
    public const int MaxHeaderLength = 60;                            // bytes

    private const int FlagsMask = 0x0fff;

    private readonly Span<byte> _bytes;
    private readonly int _headerLength;

    /// <summary>The caller has checked that <paramref name="headerLength"/> (20–60) bytes are there.</summary>
    internal TcpView(Span<byte> bytes, int headerLength)
    {
        _bytes = bytes;
        _headerLength = headerLength;
    }

    /// <summary>False when the data offset is below 20 bytes or the header not all there. The segment ends with the bytes.</summary>
    public static bool TryParse(Span<byte> bytes, out TcpView view)
    {
        view = default;
        if (bytes.Length < MinHeaderLength) return false;
        int headerLength = (bytes[12] >> 4) * 4;
        if (headerLength < MinHeaderLength || headerLength > bytes.Length) return false;
        view = new TcpView(bytes, headerLength);
        return true;
    }

    public ushort SourcePort { get => ReadUInt16BigEndian(_bytes); set => WriteUInt16BigEndian(_bytes, value); }

    public ushort DestinationPort { get => ReadUInt16BigEndian(_bytes[2..]); set => WriteUInt16BigEndian(_bytes[2..], value); }

    public uint SequenceNumber { get => ReadUInt32BigEndian(_bytes[4..]); set => WriteUInt32BigEndian(_bytes[4..], value); }

    /// <summary>Means something only with <see cref="TcpFlags.Ack"/>.</summary>
    public uint AcknowledgmentNumber { get => ReadUInt32BigEndian(_bytes[8..]); set => WriteUInt32BigEndian(_bytes[8..], value); }

    /// <summary>The data offset in bytes: 20–60, options included.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>The 12 bits beside the data offset, reserved ones included; higher bits of the value set are ignored.</summary>
    public TcpFlags Flags
    {
        get => (TcpFlags)(ReadUInt16BigEndian(_bytes[12..]) & FlagsMask);
        set => WriteUInt16BigEndian(_bytes[12..], (ushort)((ReadUInt16BigEndian(_bytes[12..]) & ~FlagsMask) | ((int)value & FlagsMask)));
    }

    /// <summary>As it stands in the header, without the scale agreed on.</summary>
    public ushort Window { get => ReadUInt16BigEndian(_bytes[14..]); set => WriteUInt16BigEndian(_bytes[14..], value); }

    public ushort Checksum { get => ReadUInt16BigEndian(_bytes[16..]); set => WriteUInt16BigEndian(_bytes[16..], value); }

    /// <summary>Means something only with <see cref="TcpFlags.Urg"/>.</summary>
    public ushort UrgentPointer { get => ReadUInt16BigEndian(_bytes[18..]); set => WriteUInt16BigEndian(_bytes[18..], value); }

    /// <summary>0–40 bytes, a multiple of 4; see <see cref="TcpOptionReader"/>.</summary>
    public Span<byte> Options => _bytes[MinHeaderLength.._headerLength];

    public Span<byte> Payload => _bytes[_headerLength..];
}

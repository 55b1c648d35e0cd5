using Appliance.Wire.Ethernet;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Tunnels;

/// <summary>
/// A GRE header of version 0 (RFC 2784, with the key and sequence number of RFC 2890) over borrowed bytes. The flags are fixed when the
/// view is made; a field that they do not announce reads as 0.
/// </summary>
/// <remarks>
/// <code>
///  0                2          4
/// +-+-+-+-+-----+---+----------+
/// |C| |K|S|  0  | 0 | protocol |
/// +-+-+-+-+-----+---+----------+
/// | checksum       | 0         |  with C
/// +----------------+-----------+
/// | key                        |  with K
/// +----------------------------+
/// | sequence number            |  with S
/// +----------------------------+
/// </code>
/// </remarks>
public readonly ref struct GreView
{
    public const int MinHeaderLength = 4;                             // bytes
    public const int MaxHeaderLength = 16;                            // bytes

    internal const ushort ChecksumBit = 0x8000;
    internal const ushort RoutingBit = 0x4000;                        // of RFC 1701, abolished
    internal const ushort KeyBit = 0x2000;
    internal const ushort SequenceBit = 0x1000;
    internal const ushort VersionMask = 0x0007;

    private const int FieldLength = 4;                                // bytes; each of the three

    private readonly Span<byte> _bytes;
    private readonly ushort _flags;

    /// <summary>The caller has checked that the header which the flags announce is there.</summary>
    internal GreView(Span<byte> bytes, ushort flags)
    {
        _bytes = bytes;
        _flags = flags;
    }

    /// <summary>
    /// False when the version is not 0 (1 is PPTP's, RFC 2637), when the source route of RFC 1701 is present, or when the header is
    /// not all there.
    /// </summary>
    public static bool TryParse(Span<byte> bytes, out GreView view)
    {
        view = default;
        if (bytes.Length < MinHeaderLength) return false;
        ushort flags = ReadUInt16BigEndian(bytes);
        if ((flags & (VersionMask | RoutingBit)) != 0 || bytes.Length < HeaderLengthOf(flags)) return false;
        view = new GreView(bytes, flags);
        return true;
    }

    /// <summary>4–16 bytes.</summary>
    public int HeaderLength => HeaderLengthOf(_flags);

    public bool HasChecksum => (_flags & ChecksumBit) != 0;

    public bool HasKey => (_flags & KeyBit) != 0;

    public bool HasSequenceNumber => (_flags & SequenceBit) != 0;

    /// <summary>What the tunnel carries; Ethernet itself is <see cref="EtherType.TransparentEthernetBridging"/>.</summary>
    public EtherType Protocol => (EtherType)ReadUInt16BigEndian(_bytes[2..]);

    public ushort Checksum => HasChecksum ? ReadUInt16BigEndian(_bytes[MinHeaderLength..]) : (ushort)0;

    public uint Key => HasKey ? ReadUInt32BigEndian(_bytes[HeaderLengthOf((ushort)(_flags & ChecksumBit))..]) : 0;

    public uint SequenceNumber => HasSequenceNumber ? ReadUInt32BigEndian(_bytes[(HeaderLength - FieldLength)..]) : 0;

    public Span<byte> Payload => _bytes[HeaderLength..];

    internal static int HeaderLengthOf(ushort flags) =>
        MinHeaderLength + (FieldLength * int.PopCount(flags & (ChecksumBit | KeyBit | SequenceBit)));
}

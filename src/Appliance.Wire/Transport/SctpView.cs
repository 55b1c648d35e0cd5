using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Transport;

/// <summary>An SCTP packet (RFC 9260 §3) over borrowed bytes. Setters write in place and leave <see cref="Checksum"/> as it is.</summary>
/// <remarks>
/// <code>
///  0             2                  4                  8          12
/// +-------------+------------------+------------------+----------+--------
/// | source port | destination port | verification tag | checksum | chunks
/// +-------------+------------------+------------------+----------+--------
/// </code>
/// </remarks>
public readonly ref struct SctpView
{
    public const int HeaderLength = 12;                               // bytes; the common header

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 12 bytes are there.</summary>
    internal SctpView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 12 bytes.</summary>
    public static bool TryParse(Span<byte> bytes, out SctpView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new SctpView(bytes) : default;
        return isWhole;
    }

    public ushort SourcePort { get => ReadUInt16BigEndian(_bytes); set => WriteUInt16BigEndian(_bytes, value); }

    public ushort DestinationPort { get => ReadUInt16BigEndian(_bytes[2..]); set => WriteUInt16BigEndian(_bytes[2..], value); }

    public uint VerificationTag { get => ReadUInt32BigEndian(_bytes[4..]); set => WriteUInt32BigEndian(_bytes[4..], value); }

    /// <summary>
    /// CRC-32c over the packet, without a pseudo-header (RFC 9260 §6.8), as the four bytes stand: most significant first, which is
    /// the CRC with its bytes turned round (RFC 9260 appendix A).
    /// </summary>
    public uint Checksum { get => ReadUInt32BigEndian(_bytes[8..]); set => WriteUInt32BigEndian(_bytes[8..], value); }

    /// <summary>See <see cref="SctpChunkReader"/>.</summary>
    public Span<byte> Chunks => _bytes[HeaderLength..];
}

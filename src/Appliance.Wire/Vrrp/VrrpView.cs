using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Vrrp;

/// <summary>The header of VRRP version 2 (RFC 3768 §5.1) or 3 (RFC 9568 §5.2) over borrowed bytes, to be read.</summary>
/// <remarks>
/// <code>
///  0   ½      1      2          3       4                       6          8
/// +---+------+------+----------+-------+-----------+-----------+----------+---------------------------
/// | 2 | type | VRID | priority | count | auth type | seconds   | checksum | addresses, 8 bytes of auth
/// +---+------+------+----------+-------+---+-------+-----------+----------+---------------------------
/// | 3 | type | VRID | priority | count | 0 | centiseconds (12) | checksum | addresses
/// +---+------+------+----------+-------+---+-------------------+----------+---------------------------
/// </code>
/// </remarks>
public readonly ref struct VrrpView
{
    public const int HeaderLength = 8;                                // bytes, before the addresses
    public const int AdvertisementType = 1;

    private readonly Span<byte> _bytes;

    private VrrpView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 8 bytes; any version and type is read.</summary>
    public static bool TryParse(Span<byte> bytes, out VrrpView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new VrrpView(bytes) : default;
        return isWhole;
    }

    public int Version => _bytes[0] >> 4;

    public int Type => _bytes[0] & 0xf;

    /// <summary>1–255.</summary>
    public byte VirtualRouterId => _bytes[1];

    /// <summary>255: owns the addresses; 0: resigns.</summary>
    public byte Priority => _bytes[2];

    /// <summary>How many addresses follow, as the message says.</summary>
    public byte AddressCount => _bytes[3];

    /// <summary>Version 2: 0 none, 1 simple, 2 authentication header (RFC 2338 §5.3.6).</summary>
    public byte AuthenticationType => _bytes[4];

    /// <summary>Version 2.</summary>
    public byte IntervalSeconds => _bytes[5];

    /// <summary>Version 3: 1–4095.</summary>
    public int IntervalCentiseconds => ReadUInt16BigEndian(_bytes[4..]) & 0xfff;

    public ushort Checksum => ReadUInt16BigEndian(_bytes[6..]);
}

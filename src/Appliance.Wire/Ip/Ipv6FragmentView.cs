using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ip;

/// <summary>The fragment header of IPv6 (RFC 8200 §4.5) over borrowed bytes.</summary>
/// <remarks>
/// <code>
///  0             1             2                          4
/// +-------------+-------------+----------------------+--+-+
/// | next header | reserved    | fragment offset / 8  |  |M|
/// +-------------+-------------+----------------------+--+-+
/// | identification                                        |
/// +-------------------------------------------------------+
/// </code>
/// </remarks>
public readonly ref struct Ipv6FragmentView
{
    public const int HeaderLength = 8;                                // bytes

    private const int OffsetMask = 0xfff8;                            // in place, the field counts bytes
    private const int MoreFragmentsBit = 1;

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 8 bytes are there.</summary>
    internal Ipv6FragmentView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>Reads from the fragment header's first byte on; false when there are fewer than 8.</summary>
    public static bool TryParse(Span<byte> bytes, out Ipv6FragmentView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new Ipv6FragmentView(bytes) : default;
        return isWhole;
    }

    public IpProtocol NextHeader { get => (IpProtocol)_bytes[0]; set => _bytes[0] = (byte)value; }

    /// <summary>0–65,528, a multiple of 8; lower and higher bits of the value set are ignored.</summary>
    public int FragmentOffsetBytes
    {
        get => OffsetOf(_bytes);
        set => OffsetAndMore = (ushort)((OffsetAndMore & ~OffsetMask) | (value & OffsetMask));
    }

    public bool MoreFragments
    {
        get => MoreFragmentsOf(_bytes);
        set => OffsetAndMore = (ushort)(value ? OffsetAndMore | MoreFragmentsBit : OffsetAndMore & ~MoreFragmentsBit);
    }

    public uint Identification { get => IdentificationOf(_bytes); set => WriteUInt32BigEndian(_bytes[4..], value); }

    /// <summary>Not a part but the whole: offset 0 and nothing more (RFC 6946).</summary>
    public bool IsAtomic => (OffsetAndMore & (OffsetMask | MoreFragmentsBit)) == 0;

    /// <summary>The part of the datagram that the fragment carries.</summary>
    public Span<byte> Payload => _bytes[HeaderLength..];

    internal static int OffsetOf(ReadOnlySpan<byte> header) => ReadUInt16BigEndian(header[2..]) & OffsetMask;

    internal static bool MoreFragmentsOf(ReadOnlySpan<byte> header) => (header[3] & MoreFragmentsBit) != 0;

    internal static uint IdentificationOf(ReadOnlySpan<byte> header) => ReadUInt32BigEndian(header[4..]);

    private ushort OffsetAndMore { get => ReadUInt16BigEndian(_bytes[2..]); set => WriteUInt16BigEndian(_bytes[2..], value); }
}

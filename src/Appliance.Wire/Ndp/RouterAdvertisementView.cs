using Appliance.Wire.Icmp;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ndp;

/// <summary>A router advertisement (RFC 4861 §4.2) over borrowed bytes: the ICMPv6 message from its type on.</summary>
/// <remarks>
/// <code>
///  0                 4           5      6          8                12              16
/// +-----------------+-----------+------+----------+----------------+---------------+---------
/// | type, code, sum | hop limit | MO…  | lifetime | reachable time | retrans timer | options
/// +-----------------+-----------+------+----------+----------------+---------------+---------
/// </code>
/// </remarks>
public readonly ref struct RouterAdvertisementView
{
    public const int HeaderLength = 16;                               // bytes

    private const byte ManagedBit = 0x80;
    private const byte OtherBit = 0x40;
    private const int FlagsOffset = 5;

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 16 bytes are there.</summary>
    internal RouterAdvertisementView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when short or of another type. Whether it may be believed is said by <see cref="NdpValidity"/>.</summary>
    public static bool TryParse(Span<byte> message, out RouterAdvertisementView view)
    {
        bool isOne = message.Length >= HeaderLength && message[0] == (byte)Icmpv6Type.RouterAdvertisement;
        view = isOne ? new RouterAdvertisementView(message) : default;
        return isOne;
    }

    /// <summary>What hosts are to put into their datagrams; 0 is unspecified.</summary>
    public byte CurrentHopLimit { get => _bytes[4]; set => _bytes[4] = value; }

    /// <summary>Addresses come from DHCPv6.</summary>
    public bool IsManagedConfiguration { get => HasBit(ManagedBit); set => SetBit(ManagedBit, value); }

    /// <summary>Other configuration comes from DHCPv6.</summary>
    public bool IsOtherConfiguration { get => HasBit(OtherBit); set => SetBit(OtherBit, value); }

    /// <summary>0: not a default router.</summary>
    public ushort RouterLifetimeSeconds { get => ReadUInt16BigEndian(_bytes[6..]); set => WriteUInt16BigEndian(_bytes[6..], value); }

    /// <summary>0 is unspecified.</summary>
    public uint ReachableTimeMilliseconds { get => ReadUInt32BigEndian(_bytes[8..]); set => WriteUInt32BigEndian(_bytes[8..], value); }

    /// <summary>0 is unspecified.</summary>
    public uint RetransmitTimerMilliseconds { get => ReadUInt32BigEndian(_bytes[12..]); set => WriteUInt32BigEndian(_bytes[12..], value); }

    /// <summary>See <see cref="NdpOptionReader"/>.</summary>
    public Span<byte> Options => _bytes[HeaderLength..];

    private bool HasBit(byte bit) => (_bytes[FlagsOffset] & bit) != 0;

    private void SetBit(byte bit, bool on) => _bytes[FlagsOffset] = (byte)(on ? _bytes[FlagsOffset] | bit : _bytes[FlagsOffset] & ~bit);
}

using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Arp;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826) over borrowed bytes. No other pair of protocols is read.</summary>
/// <remarks>
/// <code>
///  0          2          4     5     6           8         14        18        24        28
/// +----------+----------+-----+-----+-----------+---------+---------+---------+---------+
/// | hardware | protocol | 6   | 4   | operation | sender  | sender  | target  | target  |
/// | type 1   | 0x0800   |     |     |           | MAC     | IPv4    | MAC     | IPv4    |
/// +----------+----------+-----+-----+-----------+---------+---------+---------+---------+
/// </code>
/// </remarks>
public readonly ref struct ArpView
{
    public const int HeaderLength = 28;                               // bytes; the whole packet
    public const ushort EthernetHardware = 1;

    private readonly Span<byte> _bytes;

    internal ArpView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when short, or when hardware, protocol or an address length is not that of IPv4 over Ethernet.</summary>
    public static bool TryParse(Span<byte> bytes, out ArpView view)
    {
        bool isUnderstood = bytes.Length >= HeaderLength
            && ReadUInt16BigEndian(bytes) == EthernetHardware
            && ReadUInt16BigEndian(bytes[2..]) == (ushort)EtherType.Ipv4
            && bytes[4] == MacAddress.Length
            && bytes[5] == Ipv4Address.Length;
        view = isUnderstood ? new ArpView(bytes) : default;
        return isUnderstood;
    }

    /// <summary>May hold a value without a name; RFC 826 has such packets ignored.</summary>
    public ArpOperation Operation
    {
        get => (ArpOperation)ReadUInt16BigEndian(_bytes[6..]);
        set => WriteUInt16BigEndian(_bytes[6..], (ushort)value);
    }

    public MacAddress SenderHardwareAddress { get => MacAddress.Read(_bytes[8..]); set => value.WriteTo(_bytes[8..]); }

    public Ipv4Address SenderProtocolAddress { get => Ipv4Address.Read(_bytes[14..]); set => value.WriteTo(_bytes[14..]); }

    public MacAddress TargetHardwareAddress { get => MacAddress.Read(_bytes[18..]); set => value.WriteTo(_bytes[18..]); }

    public Ipv4Address TargetProtocolAddress { get => Ipv4Address.Read(_bytes[24..]); set => value.WriteTo(_bytes[24..]); }

    /// <summary>A request that claims no address yet (RFC 5227 §1.1).</summary>
    public bool IsProbe => Operation == ArpOperation.Request && SenderProtocolAddress == Ipv4Address.Any;

    /// <summary>Sender and target are one address: an announcement, also called gratuitous (RFC 5227 §1.1).</summary>
    public bool IsAnnouncement => SenderProtocolAddress == TargetProtocolAddress;
}

using Appliance.Wire.Carp;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>
/// Messages of the lane in frames: IP of CARP's protocol, which takes the way of control traffic everywhere, but with a version that is
/// nobody's, and where all on a link may hear it to pfsync's group and not to CARP's: no other speaker on it has to look at them.
/// </summary>
public static class LaneFrames
{
    /// <summary>224.0.0.240, INADDR_PFSYNC_GROUP.</summary>
    public static readonly Ipv4Address Ipv4Group = new(0xe000_00f0);

    /// <summary>ff12::f0 (FreeBSD).</summary>
    public static readonly Ipv6Address Ipv6Group = new(((UInt128)0xff12 << 112) | 0xf0);

    /// <summary>Bytes.</summary>
    public const int MaxLength = EthernetView.HeaderLength + Ipv6View.HeaderLength + Lane.MaxMessageLength;

    /// <summary>Bytes, of a message of sync.</summary>
    public const int MaxSyncLength = EthernetView.HeaderLength + Ipv6View.HeaderLength + Lane.MaxSyncMessageLength;

    private const byte NetworkControl = 56 << 2;                        // CS7

    /// <summary>Where a message stands in a frame to <paramref name="destination"/>.</summary>
    public static int OffsetFor(IpAddress destination) =>
        EthernetView.HeaderLength + (destination.IsV6 ? Ipv6View.HeaderLength : Ipv4View.MinHeaderLength);

    /// <summary>
    /// Writes the headers in front of a message that stands at <see cref="OffsetFor"/>, of <paramref name="length"/> bytes; answers the
    /// frame's length.
    /// </summary>
    public static int Complete(Span<byte> frame, int length, in LaneAddresses ends)
    {
        EtherType type = ends.Destination.IsV6 ? EtherType.Ipv6 : EtherType.Ipv4;
        Span<byte> datagram = new EthernetFields(ends.DestinationMac, ends.SourceMac, type).WriteTo(frame).Payload;
        if (ends.Destination.IsV6)
        {
            new Ipv6Fields
            {
                TrafficClass = NetworkControl,
                HopLimit = CarpAddresses.HopLimit,
                NextHeader = IpProtocol.Carp,
                Source = ends.Source.V6,
                Destination = ends.Destination.V6,
                PayloadLength = (ushort)length,
            }.WriteTo(datagram);
        }
        else
        {
            Ipv4View ip = new Ipv4Fields
            {
                DifferentiatedServices = NetworkControl,
                DontFragment = true,
                TimeToLive = CarpAddresses.HopLimit,
                Protocol = IpProtocol.Carp,
                Source = ends.Source.V4,
                Destination = ends.Destination.V4,
                PayloadLength = (ushort)length,
            }.WriteTo(datagram);
            ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(ip.Header));
        }

        return OffsetFor(ends.Destination) + length;
    }

    /// <summary>
    /// Whether an untagged frame may carry a message, from the link itself (hop limit 255, RFC 5082); whether it does is the lane's to say.
    /// </summary>
    public static bool TryOpen(Span<byte> frame, out IpAddress destination, out Span<byte> message)
    {
        destination = default;
        message = default;
        if (!CarpEnvelope.TryOpenFrame(frame, out CarpEnvelope envelope)) return false;
        bool isMessage = !envelope.IsTruncated
            && envelope.HopLimit == CarpAddresses.HopLimit
            && envelope.Payload.Length >= LaneMessage.MinLength
            && envelope.Payload[0] == LaneMessage.Version;
        if (!isMessage) return false;
        destination = envelope.Destination;
        message = envelope.Payload;
        return true;
    }

    /// <summary>The group of a family.</summary>
    public static IpAddress GroupOf(bool isV6) => isV6 ? Ipv6Group : Ipv4Group;
}

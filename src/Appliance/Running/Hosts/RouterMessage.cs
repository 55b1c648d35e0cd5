using System.Buffers.Binary;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Running;

/// <summary>Router solicitations and advertisements (RFC 4861 §4.1, §4.2), directly behind the IPv6 header as they have to be.</summary>
internal static class RouterMessage
{
    private const int NextHeaderAt = EthernetView.HeaderLength + 6, TypeAt = EthernetView.HeaderLength + Ipv6View.HeaderLength;

    /// <summary>Whether an untagged frame carries one.</summary>
    public static bool Is(ReadOnlySpan<byte> frame) =>
        frame.Length > TypeAt
        && BinaryPrimitives.ReadUInt16BigEndian(frame[(2 * MacAddress.Length)..]) == (ushort)EtherType.Ipv6
        && frame[NextHeaderAt] == (byte)IpProtocol.Icmpv6
        && frame[TypeAt] is (byte)Icmpv6Type.RouterSolicitation or (byte)Icmpv6Type.RouterAdvertisement;
}

using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Running;

/// <summary>
/// Router solicitations and advertisements (RFC 4861 §4.1, §4.2), directly behind the IPv6 header as they have to be.
/// </summary>
internal static class RouterMessage
{
    private const int MacBytes = 2 * MacAddress.Length, VlanMask = 0xfff;
    private const int NextHeaderAt = 6, TypeAt = Ipv6View.HeaderLength;

    /// <summary>Copies the frame without its tags if it carries such a message; false: it does not, or its VLAN is nobody's.</summary>
    /// <param name="frame">As it came.</param>
    /// <param name="port">Where, physically.</param>
    /// <param name="ports">In force.</param>
    /// <param name="untagged">As long as any frame.</param>
    /// <param name="logical">The port or sub-port that it came in by.</param>
    /// <param name="length">Of the copy.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> frame, int port, PortTable ports, Span<byte> untagged, out int logical, out int length)
    {
        (logical, length) = (port, 0);
        if (port >= ports.Count) return false;
        ReadOnlySpan<byte> rest = frame.Length > MacBytes ? frame[MacBytes..] : default;
        while (rest.Length > VlanTagView.HeaderLength && IsTag(rest))
        {
            int vlan = BinaryPrimitives.ReadUInt16BigEndian(rest[sizeof(ushort)..]) & VlanMask;
            if (vlan != 0) logical = ports.FindSubport(logical, vlan);
            if (logical < 0) return false;
            rest = rest[VlanTagView.HeaderLength..];
        }

        if (!Is(rest)) return false;
        frame[..MacBytes].CopyTo(untagged);
        rest.CopyTo(untagged[MacBytes..]);
        length = MacBytes + rest.Length;
        return true;
    }

    private static bool IsTag(ReadOnlySpan<byte> bytes) =>
        (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes) is EtherType.Vlan or EtherType.ServiceVlan;

    /// <param name="bytes">From the type of what the frame carries on.</param>
    private static bool Is(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= sizeof(ushort) + TypeAt) return false;
        ReadOnlySpan<byte> datagram = bytes[sizeof(ushort)..];
        return (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes) == EtherType.Ipv6
            && datagram[NextHeaderAt] == (byte)IpProtocol.Icmpv6
            && datagram[TypeAt] is (byte)Icmpv6Type.RouterSolicitation or (byte)Icmpv6Type.RouterAdvertisement;
    }
}

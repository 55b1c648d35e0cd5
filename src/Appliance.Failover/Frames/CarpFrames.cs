using Appliance.Wire.Arp;
using Appliance.Wire.Carp;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Failover;

/// <summary>The frames of CARP, byte for byte those of FreeBSD where it sends such; without VLAN tags.</summary>
public static class CarpFrames
{
    /// <summary>Bytes; the longest is an advertisement over IPv6.</summary>
    public const int MaxLength = EthernetView.HeaderLength + Ipv6View.HeaderLength + CarpView.HeaderLength;

    /// <summary>Writes the frame that an action asks for; answers its length.</summary>
    /// <param name="action">One that is a frame (<see cref="CarpAction.IsFrame"/>).</param>
    /// <param name="dscp">0–63, of advertisements.</param>
    /// <param name="frame">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="peerMac">
    /// Of the one station that the advertisement is for. Where it is not known the frame goes to all, and the datagram in it still to one.
    /// </param>
    public static int Write(in CarpAction action, byte dscp, Span<byte> frame, MacAddress? peerMac = null) => action.Kind switch
    {
        CarpActionKind.SendAdvertisement when action.Address.IsV6 => WriteIpv6Advertisement(action, dscp, frame, peerMac),
        CarpActionKind.SendAdvertisement => WriteIpv4Advertisement(action, dscp, frame, peerMac),
        CarpActionKind.SendAnnouncement or CarpActionKind.ShowPort => action.Address.IsV6
            ? WriteNeighborAdvertisement(action, frame)
            : WriteArpAnnouncement(action, frame),
        _ => 0,
    };

    private static int WriteIpv4Advertisement(in CarpAction action, byte dscp, Span<byte> frame, MacAddress? peerMac)
    {
        MacAddress destination = action.IsToPeer ? peerMac ?? MacAddress.Broadcast : CarpAddresses.Ipv4GroupMac;
        Span<byte> datagram = WriteEthernet(frame, destination, SourceOf(action), EtherType.Ipv4);
        Ipv4View ip = new Ipv4Fields
        {
            DifferentiatedServices = (byte)(dscp << 2),
            DontFragment = true,
            TimeToLive = CarpAddresses.HopLimit,
            Protocol = IpProtocol.Carp,
            Source = action.Group.Port.SourceFor(action.Address).V4,
            Destination = action.Address.V4,
            PayloadLength = CarpView.HeaderLength,
        }.WriteTo(datagram);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(ip.Header));
        WriteMessage(action, datagram[Ipv4View.MinHeaderLength..]);
        return EthernetView.HeaderLength + Ipv4View.MinHeaderLength + CarpView.HeaderLength;
    }

    private static int WriteIpv6Advertisement(in CarpAction action, byte dscp, Span<byte> frame, MacAddress? peerMac)
    {
        MacAddress destination = action.IsToPeer ? peerMac ?? MacAddress.Broadcast : CarpAddresses.Ipv6GroupMac;
        Span<byte> datagram = WriteEthernet(frame, destination, SourceOf(action), EtherType.Ipv6);
        new Ipv6Fields
        {
            TrafficClass = (byte)(dscp << 2),
            HopLimit = CarpAddresses.HopLimit,
            NextHeader = IpProtocol.Carp,
            Source = action.Group.Port.SourceFor(action.Address).V6,
            Destination = action.Address.V6,
            PayloadLength = CarpView.HeaderLength,
        }.WriteTo(datagram);
        WriteMessage(action, datagram[Ipv6View.HeaderLength..]);
        return MaxLength;
    }

    /// <summary>
    /// An ARP announcement (RFC 5227 §3). FreeBSD sends it from the port's own MAC address and names the virtual one inside; here both are
    /// the virtual one, which teaches switches too and passes those that compare the two.
    /// </summary>
    private static int WriteArpAnnouncement(in CarpAction action, Span<byte> frame)
    {
        MacAddress owner = OwnerOf(action);
        Span<byte> packet = WriteEthernet(frame, MacAddress.Broadcast, owner, EtherType.Arp);
        new ArpFields(ArpOperation.Request, owner, action.Address.V4, default, action.Address.V4).WriteTo(packet);
        return EthernetView.HeaderLength + ArpView.HeaderLength;
    }

    /// <summary>
    /// An unsolicited neighbor advertisement (RFC 4861 §7.2.6) that overrides. It says that a router speaks: hosts would drop a default
    /// router that no longer says so.
    /// </summary>
    private static int WriteNeighborAdvertisement(in CarpAction action, Span<byte> frame)
    {
        MacAddress owner = OwnerOf(action);
        Span<byte> datagram = WriteEthernet(frame, Ipv6Address.AllNodes.GroupMac, owner, EtherType.Ipv6);
        var message = new NeighborAdvertisementFields(action.Address.V6, IsRouter: true, IsSolicited: false, IsOverride: true, owner);
        IpAddress own = action.Group.Port.SourceFor(Ipv6Address.AllNodes);
        Ipv6Address source = own.V6 == Ipv6Address.Any ? action.Address.V6 : own.V6;
        new Ipv6Fields
        {
            HopLimit = CarpAddresses.HopLimit,
            NextHeader = IpProtocol.Icmpv6,
            Source = source,
            Destination = Ipv6Address.AllNodes,
            PayloadLength = (ushort)message.Length,
        }.WriteTo(datagram);
        Span<byte> bytes = datagram.Slice(Ipv6View.HeaderLength, message.Length);
        message.WriteTo(bytes);
        Complete(bytes, InternetChecksum.PseudoHeader(source, Ipv6Address.AllNodes, IpProtocol.Icmpv6, bytes.Length));
        return EthernetView.HeaderLength + Ipv6View.HeaderLength + bytes.Length;
    }

    private static MacAddress OwnerOf(in CarpAction action) =>
        action.Kind == CarpActionKind.ShowPort ? action.Group.Port.Mac : action.Group.LinkAddress;

    private static void Complete(Span<byte> message, ulong pseudoHeader)
    {
        if (Icmpv6View.TryParse(message, out Icmpv6View view))
            view.Checksum = InternetChecksum.Finish(pseudoHeader + InternetChecksum.Sum(message));
    }

    private static void WriteMessage(in CarpAction action, Span<byte> bytes) =>
        action.Proof!.Sign(action.Advertisement.WriteTo(bytes[..CarpView.HeaderLength]));

    private static Span<byte> WriteEthernet(Span<byte> frame, MacAddress destination, MacAddress source, EtherType type) =>
        new EthernetFields(destination, source, type).WriteTo(frame).Payload;

    /// <summary>Of an advertisement: the virtual MAC address when all hear it (FreeBSD), the port's own when one station does.</summary>
    private static MacAddress SourceOf(in CarpAction action)
    {
        CarpGroupSettings settings = action.Group.Settings;
        if (action.IsToPeer || settings.UsesPortMac) return action.Group.Port.Mac;
        return settings.Neighbours == CarpNeighbours.Ucarp
            ? CarpAddresses.UcarpSource(settings.Vhid)
            : CarpAddresses.VirtualMac(settings.Vhid);
    }
}

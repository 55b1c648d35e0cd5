using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Groups;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Routing;

/// <summary>Writes what the control side says of neighbours, with the tags of the sub-port it is said on, and sends it.</summary>
internal sealed class ControlSpeaker
{
    private const int MaxTags = 8;
    private const int MaxDatagram = 1280;                               // a report about many groups

    private readonly byte[] _frame = new byte[EthernetView.HeaderLength + (MaxTags * VlanTagView.HeaderLength) + MaxDatagram];

    /// <summary>Null: nobody is there to send, and nothing is said.</summary>
    public IControlSender? Sender { get; set; }

    public NeighbourFacts Facts { get; set; } = null!;

    /// <summary>Frames sent since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>Asks everybody on the link who has an address.</summary>
    /// <param name="source">Of ours.</param>
    public void Solicit(int port, IpAddress target, IpAddress source)
    {
        if (target.IsV6) SolicitIpv6(port, target.V6, target.V6.SolicitedNode, target.V6.SolicitedNode.GroupMac, source.V6);
        else SendArp(port, ArpOperation.Request, source.V4, default, target.V4, MacAddress.Broadcast);
    }

    /// <summary>Asks a neighbour itself whether it is still there: RFC 4861 §7.3.3, RFC 1122 §2.3.2.1 (3).</summary>
    public void Solicit(int port, IpAddress target, IpAddress source, MacAddress mac)
    {
        if (target.IsV6) SolicitIpv6(port, target.V6, target.V6, mac, source.V6);
        else SendArp(port, ArpOperation.Request, source.V4, default, target.V4, mac);
    }

    /// <summary>Asks whether somebody has an address that is to be ours: RFC 4862 §5.4.2, RFC 5227 §2.1.1.</summary>
    public void Probe(int port, IpAddress address)
    {
        if (!address.IsV6)
        {
            SendArp(port, ArpOperation.Request, Ipv4Address.Any, default, address.V4, MacAddress.Broadcast);
            return;
        }

        Ipv6Address group = address.V6.SolicitedNode;
        var fields = new NeighborSolicitationFields(address.V6, SourceLinkLayerAddress: null);
        SendSolicitation(port, fields, group, group.GroupMac, Ipv6Address.Any);
    }

    /// <summary>Tells everybody that an address is ours: RFC 4861 §7.2.6, RFC 5227 §2.3.</summary>
    public void Announce(int port, IpAddress address)
    {
        if (address.IsV6) Advertise(port, NeighbourAnswer.Unsolicited(address.V6, Facts.MacOf(port)));
        else SendArp(port, ArpOperation.Request, address.V4, default, address.V4, MacAddress.Broadcast);
    }

    /// <summary>Answers a request for an own address, which is at <paramref name="own"/>.</summary>
    public void Answer(int port, ArpView request, MacAddress own)
    {
        ArpFields.ReplyTo(request, own).WriteTo(Datagram(ArpView.HeaderLength));
        Send(port, own, request.SenderHardwareAddress, EtherType.Arp, ArpView.HeaderLength);
    }

    /// <summary>From the address that it tells of: switches learn from it where that is.</summary>
    public void Advertise(int port, in NeighbourAnswer answer)
    {
        answer.WriteTo(Datagram(answer.Length));
        Send(port, answer.Fields.TargetLinkLayerAddress ?? Facts.MacOf(port), answer.DestinationMac, EtherType.Ipv6, answer.Length);
    }

    /// <summary>Tells of groups; there are at most as many records as go into 1280 bytes.</summary>
    public void Report(int port, IpAddress source, IpAddress destination, ReadOnlySpan<GroupRecord> records)
    {
        bool isV6 = destination.IsV6;
        int header = GroupDatagram.HeaderLength(isV6), length = header + GroupReport.LengthOf(isV6, records.Length);
        GroupReport.Write(Datagram(length)[header..], isV6, records);
        SendReport(port, source, destination, length);
    }

    /// <summary>Tells of one group as older versions do.</summary>
    public void ReportOld(int port, IpAddress source, IpAddress destination, IpAddress group, bool isLeft)
    {
        int header = GroupDatagram.HeaderLength(group.IsV6), length = header + GroupReport.OldLengthOf(group.IsV6);
        GroupReport.WriteOld(Datagram(length)[header..], group, isLeft);
        SendReport(port, source, destination, length);
    }

    private void SendReport(int port, IpAddress source, IpAddress destination, int length)
    {
        GroupDatagram.Complete(Datagram(length), source, destination);
        Send(port, Facts.MacOf(port), destination.GroupMac, destination.IsV6 ? EtherType.Ipv6 : EtherType.Ipv4, length);
    }

    private void SolicitIpv6(int port, Ipv6Address target, Ipv6Address destination, MacAddress mac, Ipv6Address source) =>
        SendSolicitation(port, new NeighborSolicitationFields(target, Facts.MacOf(port)), destination, mac, source);

    private void SendSolicitation(
        int port, in NeighborSolicitationFields fields, Ipv6Address destination, MacAddress mac, Ipv6Address source)
    {
        int length = Ipv6View.HeaderLength + fields.Length;
        Span<byte> datagram = Datagram(length);
        fields.WriteTo(NdpDatagram.WriteHeader(datagram, source, destination));
        NdpDatagram.WriteChecksum(datagram);
        Send(port, Facts.MacOf(port), mac, EtherType.Ipv6, length);
    }

    private void SendArp(
        int port, ArpOperation operation, Ipv4Address sender, MacAddress targetMac, Ipv4Address target, MacAddress destination)
    {
        new ArpFields(operation, Facts.MacOf(port), sender, targetMac, target).WriteTo(Datagram(ArpView.HeaderLength));
        Send(port, Facts.MacOf(port), destination, EtherType.Arp, ArpView.HeaderLength);
    }

    /// <summary>At the end of the buffer, so that headers go in front of it.</summary>
    private Span<byte> Datagram(int length) => _frame.AsSpan(_frame.Length - length);

    /// <summary>Puts the Ethernet header and the tags, the port's own innermost, in front of the datagram.</summary>
    private void Send(int port, MacAddress source, MacAddress destination, EtherType type, int length)
    {
        if (Sender is null) return;
        int at = _frame.Length - length;
        PortFacts facts = Facts.Ports[port];
        for (int tags = 0; facts.Parent != PortFacts.NoParent && tags < MaxTags; facts = Facts.Ports[facts.Parent], tags++)
        {
            at -= VlanTagView.HeaderLength;
            BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(at), facts.VlanId);
            BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(at + 2), (ushort)type);
            type = EtherType.Vlan;
        }

        at -= EthernetView.HeaderLength;
        new EthernetFields(destination, source, type).WriteTo(_frame.AsSpan(at, EthernetView.HeaderLength));
        Sent++;
        Sender.Send(new PortId((ushort)facts.Index), _frame.AsSpan(at));
    }
}

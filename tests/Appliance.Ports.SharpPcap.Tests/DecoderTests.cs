using System.Net;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using PacketDotNet;
using Xunit;

namespace Appliance.Ports.SharpPcap.Tests;

/// <summary>Our views beside PacketDotNet's packets on the frames of every capture at hand: another reading of the standards.</summary>
public sealed class DecoderTests(ITestOutputHelper output)
{
    private int _frames, _arp, _ipv4, _ipv6, _tcp, _udp, _otherChains;

    [Fact]
    public void Both_read_the_same_in_every_capture()
    {
        foreach (byte[] frame in SharedCaptures.EthernetFrames())
        {
            if (!TryParse(frame, out EthernetPacket packet)) continue;
            _frames++;
            Compare(frame, packet);
        }

        output.WriteLine($"{_frames} frames: {_arp} ARP, {_ipv4} IPv4, {_ipv6} IPv6, {_tcp} TCP, {_udp} UDP; {_otherChains} other chains");
        Assert.True(_otherChains < _ipv6 / 20, $"{_otherChains} of {_ipv6} chains of extension headers are read differently.");
        Assert.True(Math.Min(Math.Min(_arp, _ipv4), Math.Min(_ipv6, Math.Min(_tcp, _udp))) > 10, "Too few to mean anything.");
    }

    /// <summary>False: PacketDotNet gives up with an exception, which says nothing about us.</summary>
    private static bool TryParse(byte[] frame, out EthernetPacket packet)
    {
        packet = null!;
        if (frame.Length < EthernetView.HeaderLength) return false;
        try
        {
            packet = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, frame);
            for (Packet? inner = packet; inner is not null; inner = inner.PayloadPacket) _ = inner.HasPayloadData;
            return true;
        }
        catch (Exception refused) when (refused is not OutOfMemoryException)
        {
            return false;
        }
    }

    private void Compare(byte[] frame, EthernetPacket packet)
    {
        Assert.True(EthernetView.TryParse(frame, out EthernetView ethernet));
        Assert.Equal(packet.SourceHardwareAddress.GetAddressBytes(), BytesOf(ethernet.Source));
        Assert.Equal(packet.DestinationHardwareAddress.GetAddressBytes(), BytesOf(ethernet.Destination));
        switch (packet.PayloadPacket)
        {
            case ArpPacket arp when ArpView.TryParse(ethernet.Payload, out ArpView view):
                Compare(arp, view);
                break;
            case IPv4Packet datagram when Ipv4View.TryParse(ethernet.Payload, out Ipv4View view):
                Compare(datagram, view);
                break;
            case IPv6Packet datagram when Ipv6View.TryParse(ethernet.Payload, out Ipv6View view):
                Compare(datagram, view);
                break;
            default:
                break;                                                  // another protocol, or one that we refuse for its length
        }
    }

    private void Compare(ArpPacket packet, ArpView view)
    {
        _arp++;
        Assert.Equal((ushort)packet.Operation, (ushort)view.Operation);
        Assert.Equal(packet.SenderHardwareAddress.GetAddressBytes(), BytesOf(view.SenderHardwareAddress));
        Assert.Equal(packet.TargetHardwareAddress.GetAddressBytes(), BytesOf(view.TargetHardwareAddress));
        Assert.Equal(packet.SenderProtocolAddress.ToString(), view.SenderProtocolAddress.ToString());
        Assert.Equal(packet.TargetProtocolAddress.ToString(), view.TargetProtocolAddress.ToString());
    }

    private void Compare(IPv4Packet packet, Ipv4View view)
    {
        _ipv4++;
        Assert.Equal(packet.SourceAddress.ToString(), view.Source.ToString());
        Assert.Equal(packet.DestinationAddress.ToString(), view.Destination.ToString());
        Assert.Equal((byte)packet.Protocol, (byte)view.Protocol);
        Assert.Equal(packet.TimeToLive, view.TimeToLive);
        Assert.Equal(packet.TotalLength, view.TotalLength);
        Assert.Equal(packet.HeaderLength * 4, view.HeaderLength);
        Assert.Equal(packet.Id, view.Identification);
        Assert.Equal(packet.Checksum, view.HeaderChecksum);
        Assert.Equal(packet.FragmentOffset * 8, view.FragmentOffsetBytes);
        Assert.Equal((packet.FragmentFlags & 1) != 0, view.MoreFragments);
        Assert.Equal((packet.FragmentFlags & 2) != 0, view.DontFragment);
        if (view.FragmentOffsetBytes == 0 && !view.IsTotalLengthBelowHeader) CompareTransport(packet.PayloadPacket, view.Payload);
    }

    private void Compare(IPv6Packet packet, Ipv6View view)
    {
        _ipv6++;
        Assert.Equal(packet.SourceAddress, IPAddress.Parse(view.Source.ToString()!));
        Assert.Equal(packet.DestinationAddress, IPAddress.Parse(view.Destination.ToString()!));
        Assert.Equal((byte)packet.NextHeader, (byte)view.NextHeader);
        Assert.Equal(packet.HopLimit, view.HopLimit);
        Assert.Equal((uint)packet.FlowLabel, view.FlowLabel);
        Assert.Equal((byte)packet.TrafficClass, view.TrafficClass);
        Assert.Equal(packet.PayloadLength, view.PayloadLength);
        Ipv6HeaderChain chain = view.HeaderChain;
        if (chain is not { Outcome: Ipv6WalkOutcome.Complete, IsNonFirstFragment: false }) return;

        // PacketDotNet reads the length of some extension headers otherwise than RFC 8200 has it; those are tshark's to judge.
        if (chain.TransportOffset - Ipv6View.HeaderLength != packet.ExtensionHeadersLength) _otherChains++;
        else CompareTransport(packet.PayloadPacket, view.Datagram[chain.TransportOffset..]);
    }

    private void CompareTransport(Packet? packet, Span<byte> bytes)
    {
        if (packet is TcpPacket tcp && TcpView.TryParse(bytes, out TcpView segment))
        {
            _tcp++;
            Assert.Equal((tcp.SourcePort, tcp.DestinationPort), (segment.SourcePort, segment.DestinationPort));
            Assert.Equal((tcp.SequenceNumber, tcp.AcknowledgmentNumber), (segment.SequenceNumber, segment.AcknowledgmentNumber));
            Assert.Equal(tcp.DataOffset * 4, segment.HeaderLength);
            Assert.Equal(tcp.Flags & 0x1ff, (ushort)segment.Flags & 0x1ff);
            Assert.Equal(tcp.WindowSize, segment.Window);
            Assert.Equal(tcp.Checksum, segment.Checksum);
            Assert.Equal((ushort)tcp.UrgentPointer, segment.UrgentPointer);
        }
        else if (packet is UdpPacket udp && UdpView.TryParse(bytes, out UdpView datagram))
        {
            _udp++;
            Assert.Equal((udp.SourcePort, udp.DestinationPort), (datagram.SourcePort, datagram.DestinationPort));
            Assert.Equal(udp.Checksum, datagram.Checksum);
        }
    }

    private static byte[] BytesOf(MacAddress address)
    {
        var bytes = new byte[MacAddress.Length];
        address.WriteTo(bytes);
        return bytes;
    }
}

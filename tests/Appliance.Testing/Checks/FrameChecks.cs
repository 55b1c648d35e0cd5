using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Testing;

/// <summary>
/// What a frame is expected to say, header by header, each in the words in which it would be written; the last argument goes on with what follows.
/// <code>
///     sent.Must(Ethernet(new(router, host, EtherType.Ipv4), Ipv4(before with { TimeToLive = 63 }, Udp(new(53, 1000, 12)))), ChecksumsAreRight);
/// </code>
/// </summary>
public static class FrameChecks
{
    public static void Must(this byte[] frame, params ReadOnlySpan<FrameCheck> checks)
    {
        foreach (FrameCheck check in checks)
            check(frame);
    }

    public static FrameCheck Ethernet(EthernetFields expected, params FrameCheck[] payload) => bytes =>
    {
        Assert.True(EthernetView.TryParse(bytes, out EthernetView view), "There is no Ethernet header.");
        Assert.Equal(expected, EthernetFields.From(view));
        Apply(payload, view.Payload);
    };

    /// <summary>Behind the Ethernet header or another tag.</summary>
    public static FrameCheck Tag(VlanTagFields expected, params FrameCheck[] payload) => bytes =>
    {
        Assert.True(VlanTagView.TryParse(bytes, out VlanTagView view), "There is no VLAN tag.");
        Assert.Equal(expected, VlanTagFields.From(view));
        Apply(payload, view.Payload);
    };

    public static FrameCheck Arp(ArpFields expected) => bytes =>
    {
        Assert.True(ArpView.TryParse(bytes, out ArpView view), "There is no ARP packet.");
        Assert.Equal(expected, ArpFields.From(view));
    };

    /// <summary>The header, its lengths and its checksum; options are for the caller to compare.</summary>
    public static FrameCheck Ipv4(Ipv4Fields expected, params FrameCheck[] payload) => bytes =>
    {
        Assert.True(Ipv4View.TryParse(bytes, out Ipv4View view), "There is no IPv4 header.");
        Assert.Equal(expected, Ipv4Fields.From(view));
        Assert.False(view.IsTruncated || view.IsTotalLengthBelowHeader, $"The total length {view.TotalLength} is not that of {bytes.Length} bytes.");
        Assert.Equal(0xffff, PlainChecksum.Sum(view.Header));
        Apply(payload, view.Payload);
    };

    /// <summary>The fixed header; the payload begins with the extension headers, if any.</summary>
    public static FrameCheck Ipv6(Ipv6Fields expected, params FrameCheck[] payload) => bytes =>
    {
        Assert.True(Ipv6View.TryParse(bytes, out Ipv6View view), "There is no IPv6 header.");
        Assert.Equal(expected, Ipv6Fields.From(view));
        Assert.False(view.IsTruncated, $"The payload length {view.PayloadLength} is not that of {bytes.Length} bytes.");
        Apply(payload, view.Payload);
    };

    public static FrameCheck Udp(UdpFields expected, params FrameCheck[] payload) => bytes =>
    {
        Assert.True(UdpView.TryParse(bytes, out UdpView view), "There is no UDP header.");
        Assert.Equal(expected, UdpFields.From(view));
        Apply(payload, view.Payload);
    };

    public static FrameCheck Tcp(TcpFields expected, params FrameCheck[] payload) => bytes =>
    {
        Assert.True(TcpView.TryParse(bytes, out TcpView view), "There is no TCP header.");
        Assert.Equal(expected, TcpFields.From(view));
        Apply(payload, view.Payload);
    };

    /// <summary>ICMP and ICMPv6 alike: type, code, and the four bytes behind the checksum; the rest is the payload.</summary>
    public static FrameCheck Icmp(byte type, byte code, uint word, params FrameCheck[] payload) => bytes =>
    {
        Assert.True(bytes.Length >= 8, "There is no ICMP header.");
        Assert.Equal(type, bytes[0]);
        Assert.Equal(code, bytes[1]);
        Assert.Equal(word, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));
        Apply(payload, bytes[8..]);
    };

    public static FrameCheck Bytes(byte[] expected) => bytes => Assert.Equal(expected, bytes.ToArray());

    /// <summary>On a whole frame: its IP header checksum and, of a datagram that is no fragment, that of TCP, UDP, ICMP or ICMPv6.</summary>
    public static void ChecksumsAreRight(Span<byte> frame)
    {
        Assert.True(EthernetView.TryParse(frame, out EthernetView ethernet), "There is no Ethernet header.");
        EtherType type = ethernet.EtherType;
        Span<byte> network = ethernet.Payload;
        while (VlanTagView.Announces(type) && VlanTagView.TryParse(network, out VlanTagView tag))
        {
            type = tag.EtherType;
            network = tag.Payload;
        }

        if (type == EtherType.Ipv4) CheckIpv4(network);
        else if (type == EtherType.Ipv6) CheckIpv6(network);
    }

    private static void CheckIpv4(Span<byte> network)
    {
        Assert.True(Ipv4View.TryParse(network, out Ipv4View view), "There is no IPv4 header.");
        Assert.Equal(0xffff, PlainChecksum.Sum(view.Header));
        if (!view.IsFragment) CheckTransport(network.Slice(12, 2 * Ipv4Address.Length), view.Protocol, view.Payload);
    }

    private static void CheckIpv6(Span<byte> network)
    {
        Assert.True(Ipv6View.TryParse(network, out Ipv6View view), "There is no IPv6 header.");
        Ipv6HeaderChain chain = view.HeaderChain;
        if (!chain.IsFragment)
            CheckTransport(network.Slice(8, 2 * Ipv6Address.Length), chain.Protocol, view.Datagram[chain.TransportOffset..]);
    }

    private static void CheckTransport(Span<byte> addresses, IpProtocol protocol, Span<byte> transport)
    {
        bool isUdpWithout = protocol == IpProtocol.Udp && UdpView.TryParse(transport, out UdpView udp) && udp.Checksum == 0;
        if (protocol == IpProtocol.Icmp)
            Assert.Equal(0xffff, PlainChecksum.Sum(transport));
        else if (protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmpv6 && !isUdpWithout)
            Assert.Equal(0xffff, PlainChecksum.Sum(transport, PlainChecksum.PseudoHeader(addresses, (byte)protocol, transport.Length)));
    }

    private static void Apply(FrameCheck[] checks, Span<byte> bytes)
    {
        foreach (FrameCheck check in checks)
            check(bytes);
    }
}

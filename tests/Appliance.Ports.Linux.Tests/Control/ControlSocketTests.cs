using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

public sealed class ControlSocketTests : IDisposable
{
    private readonly NetworkNamespace _namespace = new();

    public ControlSocketTests() => _namespace.AddPair("near", "far");

    public void Dispose() => _namespace.Dispose();

    private static readonly byte[] Arp =
        TestFrames.Arp(
            new ArpFields(ArpOperation.Request, TestFrames.Host, TestFrames.V4("192.0.2.1"), default, TestFrames.V4("192.0.2.2")));

    /// <summary>Frames and the way that each takes.</summary>
    private static IEnumerable<(byte[] Frame, TrafficWay Way)> Frames()
    {
        yield return (Arp, TrafficWay.Control);
        yield return (PlainFrameTests.Udp(100), TrafficWay.Data);
        for (byte type = 130; type < 140; type++)
        {
            TrafficWay way = type switch { 133 or 134 => TrafficWay.Both, >= 135 and <= 137 => TrafficWay.Control, _ => TrafficWay.Data };
            yield return (Icmp6(type), way);
        }

        yield return (Ip4(IpProtocol.Carp), TrafficWay.Control);
        yield return (Ip4(IpProtocol.Icmp), TrafficWay.Data);
        yield return (Ip4(IpProtocol.Igmp), TrafficWay.Both);
        yield return (Listener(130), TrafficWay.Both);
        yield return (Listener(143), TrafficWay.Data);
        yield return (Listener(130)[..^20], TrafficWay.Data);
        yield return (TestFrames.Ipv6("fe80::1", "ff02::12", TestTransport.Raw(IpProtocol.Carp, new byte[36])), TrafficWay.Control);
        yield return (LargeFrameTests.Tcp(isIpv6: true, 1000), TrafficWay.Data);
        yield return (TestFrames.Ethernet((EtherType)0x88b5, new byte[50]), TrafficWay.Data);
        yield return (TestFrames.Ethernet(EtherType.Lldp, new byte[50]), TrafficWay.Data);
        yield return (TestFrames.Ethernet(EtherType.Ipv4, new byte[9]), TrafficWay.Data);
        yield return (TestFrames.Ethernet(EtherType.Ipv6, new byte[39]), TrafficWay.Data);
    }

    /// <summary>A message about groups (RFC 9777), behind a router alert.</summary>
    private static byte[] Listener(byte type) => TestFrames.Ipv6("fe80::1", "ff02::1", TestTransport.Raw(
        IpProtocol.HopByHop, [(byte)IpProtocol.Icmpv6, 0, 5, 2, 0, 0, 1, 0, type, .. new byte[19]]));

    private static byte[] Icmp6(byte type) =>
        TestFrames.Ipv6("fe80::1", "ff02::1", TestTransport.Raw(IpProtocol.Icmpv6, type, 0, 0, 0, 0, 0, 0, 0));

    private static byte[] Ip4(IpProtocol protocol) =>
        TestFrames.Ipv4("192.0.2.1", "224.0.0.18", TestTransport.Raw(protocol, new byte[36]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Each_frame_takes_its_way_whatever_its_tags(int tags) => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        using ControlSocket control = ControlSocket.Open("near", ControlTraffic.Default, "lan");
        using var peer = new RawPeer("far");
        ushort[] vlans = [.. Enumerable.Range(1, tags).Select(vlan => (ushort)vlan)];
        (byte[] Frame, TrafficWay Way)[] frames = [.. Frames().Select(row => (TestFrames.Tagged(row.Frame, vlans), row.Way))];
        foreach ((byte[] frame, TrafficWay way) in frames)
        {
            peer.Send(frame);
            Assert.Equal(way, ControlTraffic.Default.WayOf(frame));
        }

        var data = new List<byte[]>();
        byte[][] expected = [.. frames.Where(row => row.Way != TrafficWay.Control).Select(row => row.Frame)];
        port.Receive(expected.Length, (frame, _) => data.Add(frame.Bytes.ToArray()));
        Assert.Equal(expected, data);
        Assert.Equal(frames.Where(row => row.Way != TrafficWay.Data).Select(row => row.Frame), ReceiveAll(control));
        Assert.Null(port.ReceiveOne(milliseconds: 1));
    });

    [Fact]
    public void What_else_is_control_traffic_can_be_said() => _namespace.Run(() =>
    {
        const EtherType Own = (EtherType)0x88b5;
        var traffic = new ControlTraffic([EtherType.Arp, Own], [IpProtocol.Carp, IpProtocol.Ospf]);
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options() with { Control = traffic }));
        using ControlSocket control = ControlSocket.Open("near", traffic, "lan");
        using var peer = new RawPeer("far");
        byte[][] sent = [TestFrames.Ethernet(Own, new byte[46]), Ip4(IpProtocol.Ospf), Ip4(IpProtocol.Carp), Arp];
        foreach (byte[] frame in sent) peer.Send(frame);
        Assert.Equal(sent, ReceiveAll(control));
        Assert.Null(port.ReceiveOne(milliseconds: 1));
    });

    [Fact]
    public void Frames_are_sent_as_they_are_and_not_heard_oneself() => _namespace.Run(() =>
    {
        using AfPacketPort port = AfPacketPort.Open(PlainFrameTests.Options());     // its seal lets them pass
        using ControlSocket control = ControlSocket.Open("near", ControlTraffic.Default, "lan");
        using var peer = new RawPeer("far");
        byte[] tagged = TestFrames.Tagged(Arp, 7);
        Assert.True(control.Send(Arp));
        Assert.True(control.Send(tagged));
        Assert.Equal(Arp, peer.Receive());
        Assert.Equal(tagged, peer.Receive());
        Assert.False(control.TryReceive(new byte[ControlSocket.MaxFrameBytes], out int length));
        Assert.Equal(0, length);
        _namespace.Ip("link", "delete", "near");
        Assert.False(control.Send(Arp));
        Assert.False(control.TryReceive(new byte[ControlSocket.MaxFrameBytes], out _));
    });

    [Fact]
    public void It_is_bounded_and_counts_what_it_loses() => _namespace.Run(() =>
    {
        using ControlSocket control = ControlSocket.Open("near", ControlTraffic.Default, "lan");
        using var peer = new RawPeer("far");
        const int Sent = 5000;
        for (int i = 0; i < Sent; i++) peer.Send(Arp);
        int received = ReceiveAll(control).Count;
        Assert.InRange(received, 500, Sent - 1);
        Assert.Equal(Sent - received, control.QueueFull);
    });

    private static List<byte[]> ReceiveAll(ControlSocket control)
    {
        var received = new List<byte[]>();
        var buffer = new byte[ControlSocket.MaxFrameBytes];
        while (control.TryReceive(buffer, out int length)) received.Add(buffer[..length]);
        return received;
    }
}

using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

public sealed class PlainFrameTests : IDisposable
{
    private readonly NetworkNamespace _namespace = new();

    public PlainFrameTests() => _namespace.AddPair("near", "far");

    public void Dispose() => _namespace.Dispose();

    internal static AfPacketOptions Options(string device = "near") =>
        new() { Id = new PortId(3), Name = "lan", Device = device, ReceiveSlots = 1024 };

    [Fact]
    public void Frames_of_every_length_arrive_byte_for_byte_and_in_order() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(Options()));
        using var peer = new RawPeer("far");
        byte[][] frames = [.. Frames()];
        var seen = new List<byte[]>();
        foreach (byte[] frame in frames) peer.Send(frame);
        port.Receive(frames.Length, (frame, _) =>
        {
            Assert.Equal(3, frame.Info.IngressPort);
            Assert.Equal(seen.Count, frame.Info.Ordinal);
            seen.Add(frame.Bytes.ToArray());
        });
        Assert.Equal(frames, seen);
        Assert.Equal(default, ((AfPacketPort)port.Port).Losses);
    });

    [Fact]
    public void Frames_of_every_length_leave_byte_for_byte_and_in_order() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(Options()));
        using var peer = new RawPeer("far");
        byte[][] frames = [.. Frames()];
        port.Send([.. frames.Select(frame => port.Make(frame))]);
        foreach (byte[] frame in frames) Assert.Equal(frame, peer.Receive());
        Assert.Equal(0, port.Pool.InFlight);
    });

    [Fact]
    public void Own_transmissions_are_not_received() => _namespace.Run(() =>
    {
        using var one = new OpenedPort(AfPacketPort.Open(Options()));
        using var two = new OpenedPort(AfPacketPort.Open(Options() with { Queues = 2, SealsDevice = false }), queues: 2);
        using var peer = new RawPeer("far");
        byte[] sent = Udp(100), marker = Udp(101);
        one.Send(one.Make(sent));
        two.Send(two.Make(sent));
        peer.Send(marker);
        Assert.Equal(marker, one.ReceiveOne());
        Assert.Equal(marker, two.ReceiveOne());
    });

    [Theory]
    [InlineData(new ushort[] { 5 })]
    [InlineData(new ushort[] { 5, 4094 })]
    [InlineData(new ushort[] { 0x2fff, 7, 8 })]         // VLAN 4095 never is one, and priority is carried as it is
    public void Tags_arrive_and_leave_where_they_were(ushort[] vlans) => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(Options()));
        using var peer = new RawPeer("far");
        byte[] tagged = TestFrames.Tagged(Udp(700), vlans);
        peer.Send(tagged);
        Assert.Equal(tagged, port.ReceiveOne());
        port.Send(port.Make(tagged));
        Assert.Equal(tagged, peer.Receive());
    });

    [Fact]
    public void A_service_tag_keeps_its_type() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(Options()));
        using var peer = new RawPeer("far");
        byte[] tagged = TestFrames.Tagged(TestFrames.Tagged(Udp(64), 9), Wire.Ethernet.EtherType.ServiceVlan, 11, priority: 5);
        peer.Send(tagged);
        Assert.Equal(tagged, port.ReceiveOne());
    });

    /// <summary>A slot of an ordinary frame takes 2 KiB.</summary>
    [Theory]
    [InlineData(0, 64)]
    [InlineData(100 << 10, 64)]                         // less than there is anyway
    [InlineData(600 << 10, 256)]
    public void What_a_full_ring_loses_is_counted(int spareBytes, int holds) => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(Options() with { ReceiveSlots = 64, SpareReceiveBytes = spareBytes }));
        using var peer = new RawPeer("far");
        const int Sent = 500;
        for (int i = 0; i < Sent; i++) peer.Send(Udp(64));
        int received = port.Receive(Sent, (_, _) => { }, milliseconds: 200);
        Assert.InRange(received, (holds / 2) + 1, holds);
        Assert.Equal(Sent - received, ((AfPacketPort)port.Port).Losses.QueueFull);
    });

    [Theory]
    [InlineData(9000, 9000)]
    [InlineData(1500, 9000)]                            // grown behind the port's back: they come by the socket's queue
    public void Jumbo_frames_pass_both_ways(int mtuAtFirst, int mtu) => _namespace.Run(() =>
    {
        foreach (string device in (string[])["near", "far"]) _namespace.Ip("link", "set", device, "mtu", $"{mtuAtFirst}");
        using var port = new OpenedPort(AfPacketPort.Open(Options()));
        foreach (string device in (string[])["near", "far"]) _namespace.Ip("link", "set", device, "mtu", $"{mtu}");
        using var peer = new RawPeer("far");
        Assert.Equal(mtu, port.Port.MtuBytes);
        foreach (byte[] frame in (byte[][])[Udp(8972), Udp(100), TestFrames.Tagged(Udp(8972), 17)])
        {
            peer.Send(frame);
            Assert.Equal(frame, port.ReceiveOne());
            port.Send(port.Make(frame));
            Assert.Equal(frame, peer.Receive());
        }
    });

    [Fact]
    public void A_frame_too_long_for_the_device_is_refused_and_counted_and_stands_in_nobodys_way() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(Options()));
        using var peer = new RawPeer("far");
        port.Send(port.Make(Udp(10)), port.Make(Udp(3000)), port.Make(Udp(20)));
        Assert.Equal(Udp(10), peer.Receive());
        Assert.Equal(Udp(20), peer.Receive());
        Assert.Equal(new PortLosses(0, 1), ((AfPacketPort)port.Port).Losses);
        Assert.Equal(0, port.Pool.InFlight);
    });

    [Fact]
    public void Without_frames_in_the_pool_the_ring_keeps_them() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(Options()), size: new FramePoolSize(4, 0, 0));
        using var peer = new RawPeer("far");
        for (int i = 0; i < 6; i++) peer.Send(Udp(i));
        var batch = new FrameBatch();
        Assert.Equal(4, port.Queue.Receive(batch));
        Assert.Equal(0, port.Queue.Receive(batch));
        foreach (Frame frame in batch.Frames) port.Pool.Return(frame);
        batch.Clear();
        Assert.Equal(2, port.Queue.Receive(batch));
        Assert.Equal(Udp(5), batch.Frames[1].Bytes.ToArray());
    });

    [Fact]
    public void Receiving_and_sending_allocate_nothing() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(Options()));
        using var peer = new RawPeer("far");
        var batch = new FrameBatch();
        long allocated = 0;
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < 20; i++) peer.Send(Udp(64));
            long before = GC.GetAllocatedBytesForCurrentThread();
            port.Queue.Receive(batch);
            port.Queue.Transmit(batch.Frames);
            port.Queue.Kick();
            batch.Clear();
            while (port.Queue.Reclaim(batch) > 0)
            {
                foreach (Frame frame in batch.Frames) port.Pool.Return(frame);
                batch.Clear();
            }

            if (round > 0) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(1000, port.Pool.Returned);
        Assert.Equal(0, allocated);
    });

    internal static byte[] Udp(int payload) =>
        TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1000, 2000, payload));

    private static IEnumerable<byte[]> Frames() => Enumerable.Range(0, 500).Select(i => Udp(i * 1472 / 499));
}

using Appliance.Engine;
using Appliance.Offload;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>
/// The host's end is a packet socket on the interface: what the appliance sends arrives there, what it sends the appliance receives.
/// </summary>
public sealed class TapPortTests : IDisposable
{
    private const int SegmentSize = 1420;

    private readonly NetworkNamespace _namespace = new();

    public void Dispose() => _namespace.Dispose();

    private static TapOptions Options => new() { Id = new PortId(2), Name = "vm", Device = "tap0" };

    [Fact]
    public void Frames_of_every_length_pass_byte_for_byte_both_ways() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options));
        using var peer = new RawPeer("tap0");
        for (int i = 0; i < 200; i++)
        {
            byte[] frame = PlainFrameTests.Udp(i * 1472 / 199);
            peer.Send(frame);
            port.Send(port.Make(frame));
            Assert.Equal(frame, port.ReceiveOne());
            Assert.Equal(frame, peer.Receive());
        }

        Assert.Equal(default, ((TapPort)port.Port).Losses);
        Assert.Equal(0, port.Pool.InFlight);
    });

    [Fact]
    public void A_host_without_neighbours_there_asks_nobody_and_all_it_sends_comes_by_the_queue() => _namespace.Run(() =>
    {
        string? settled = null;
        var mac = new MacAddress(0x0200_0000_4711);
        using var port = new OpenedPort(TapPort.Open(Options with
        {
            HasNeighbours = false,
            Control = null,
            HostMac = mac,
            BeforeUp = device => settled = device,
        }));
        Assert.Equal("tap0", settled);
        Assert.True(InterfaceSettings.TrySet("ipv4", "tap0", "rp_filter", "0"));
        Assert.False(InterfaceSettings.TrySet("ipv4", "tap1", "rp_filter", "0"));
        using var editor = new DeviceEditor();
        Assert.True(IpPrefix.TryParse("10.9.0.1/24", out IpPrefix own));
        editor.AddAddress(new HostAddress(((TapPort)port.Port).DeviceIndex, own, 0, 0, HostAddress.Forever, HostAddress.Forever));
        using var socket = new System.Net.Sockets.UdpClient();
        socket.Send([1, 2, 3], 3, "10.9.0.77", 9);
        byte[] sent;
        do sent = port.ReceiveOne()!;
        while (sent[12] == 0x86);                                       // the kernel joins groups of IPv6 of its own accord
        Assert.Equal(mac, MacAddress.Read(sent));
        Assert.Equal([8, 0], sent[12..14]);
        using var peer = new RawPeer("tap0");
        byte[] arp = TestFrames.WithMacs(TestFrames.Ethernet(EtherType.Arp, new byte[28]), MacAddress.Broadcast, mac);
        peer.Send(arp);
        do sent = port.ReceiveOne()!;
        while (sent[12] == 0x86);
        Assert.Equal(arp, sent);
    });

    [Fact]
    public void A_batch_is_read_at_once() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options));
        using var peer = new RawPeer("tap0");
        for (int i = 0; i < 100; i++) peer.Send(PlainFrameTests.Udp(i));
        var batch = new FrameBatch();
        Assert.Equal(64, port.Queue.Receive(batch));
        Assert.Equal(PlainFrameTests.Udp(63), batch.Frames[63].Bytes.ToArray());
        Assert.Equal((2, 63L), (batch.Frames[63].Info.IngressPort, batch.Frames[63].Info.Ordinal));
        batch.Clear();
        Assert.Equal(36, port.Queue.Receive(batch));
    });

    [Fact]
    public void A_small_frame_for_which_there_is_no_other_slot_stays_in_the_one_it_was_read_into() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options), size: new FramePoolSize(0, 0, 1));
        using var peer = new RawPeer("tap0");
        for (int i = 0; i < 3; i++) peer.Send(PlainFrameTests.Udp(i));
        for (int i = 0; i < 3; i++) Assert.Equal(PlainFrameTests.Udp(i), port.ReceiveOne());
        Assert.Equal(0, port.Pool.InFlight);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Large_frames_pass_whole_both_ways(bool isIpv6) => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options));
        using var peer = new RawPeer("tap0", isVirtio: true);
        byte[] large = PlainHeaders.MadePartial(LargeFrameTests.Tcp(isIpv6, 64_000));
        VirtioHeader header = LargeFrameTests.Virtio(large, isIpv6 ? VirtioHeader.Tcp6 : VirtioHeader.Tcp4, SegmentSize);
        peer.Send(large, header);
        int seen = port.Receive(1, (frame, _) =>
        {
            Assert.True(large.AsSpan().SequenceEqual(frame.Bytes));
            Assert.Equal((SegmentSize, ChecksumState.Partial), (frame.Info.SegmentSize, frame.Info.Checksum));
        });
        Assert.Equal(1, seen);
        Frame leaving = port.Make(large, ChecksumState.Partial);
        Assert.True(LargeFrame.TryDescribe(leaving, SegmentSize));
        port.Send(leaving);
        Assert.Equal(large, peer.Receive(out VirtioHeader left));
        Assert.Equal(header, left);
        Assert.Equal(0, port.Pool.InFlight);
    });

    [Fact]
    public void Tags_and_unfinished_checksums_pass_both_ways() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options));
        using var peer = new RawPeer("tap0", isVirtio: true);
        byte[] tagged = TestFrames.Tagged(PlainFrameTests.Udp(80), 5, 6);
        peer.Send(tagged);
        Assert.Equal(tagged, port.ReceiveOne());
        port.Send(port.Make(tagged));
        Assert.Equal(tagged, peer.Receive());

        byte[] partial = PlainHeaders.MadePartial(PlainFrameTests.Udp(80));
        VirtioHeader header = LargeFrameTests.Virtio(partial, VirtioHeader.None, 0) with { HeaderLength = 0 };
        peer.Send(partial, header);
        Assert.Equal(1, port.Receive(1, (frame, _) => Assert.Equal(ChecksumState.Partial, frame.Info.Checksum)));
        port.Send(port.Make(partial, ChecksumState.Partial));
        Assert.Equal(partial, peer.Receive(out VirtioHeader left));
        Assert.Equal((VirtioHeader.NeedsChecksum, header.ChecksumStart), (left.Flags, left.ChecksumStart));
    });

    [Fact]
    public void Control_frames_come_by_their_own_way_and_leave_by_it() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options with { Queues = 2 }), queues: 2);
        using var peer = new RawPeer("tap0");
        using var wakeup = new Wakeup();
        IControlChannel control = ((TapPort)port.Port).Control;
        wakeup.Watch(control.WakeupDescriptor);
        byte[] arp = TestFrames.Arp(
            new ArpFields(ArpOperation.Request, TestFrames.Host, TestFrames.V4("192.0.2.1"), default, TestFrames.V4("192.0.2.2")));
        peer.Send(arp);
        peer.Send(TestFrames.Tagged(arp, 9));
        peer.Send(PlainFrameTests.Udp(5));
        Assert.Equal(0, wakeup.Sleep(0));
        Assert.Equal(PlainFrameTests.Udp(5), port.ReceiveOne());
        port.ReceiveOne(milliseconds: 10);              // the other queue, if they went there
        Assert.Equal(1, wakeup.Sleep(0));
        var buffer = new byte[ControlSocket.MaxFrameBytes];
        var seen = new List<byte[]>();
        while (control.TryReceive(buffer, out int length)) seen.Add(buffer[..length]);
        Assert.Equal([arp, TestFrames.Tagged(arp, 9)], seen.OrderBy(frame => frame.Length));
        Assert.Equal(0, wakeup.Sleep(0));
        Assert.True(control.Send(arp));
        Assert.Equal(arp, peer.Receive());
    });

    [Fact]
    public void Flows_keep_their_queue() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options with { Queues = 4 }), queues: 4);
        using var peer = new RawPeer("tap0");
        var queueOf = new Dictionary<byte, int>();
        const int Rounds = 8, Flows = 32;
        for (int i = 0; i < Rounds * Flows; i++)
        {
            peer.Send(TestFrames.Ipv4(
                "192.0.2.1", "198.51.100.2", TestTransport.Udp((ushort)(1000 + (i % Flows)), 53, [(byte)(i % Flows)])));
        }

        int seen = port.Receive(Rounds * Flows, (frame, queue) =>
        {
            Assert.Equal(queue, queueOf.GetValueOrDefault(frame.Bytes[42], queue));
            queueOf[frame.Bytes[42]] = queue;
        });
        Assert.Equal(Rounds * Flows, seen);
        Assert.InRange(queueOf.Values.Distinct().Count(), 2, 4);
    });

    [Fact]
    public void It_is_as_it_was_asked_for_and_goes_with_its_port() => _namespace.Run(() =>
    {
        var mac = new MacAddress(0x02aa_bbcc_dd01);
        using (TapPort port = TapPort.Open(Options with { MtuBytes = 9000, HostMac = mac }))
        {
            Assert.Equal((9000, mac, LinkState.Up), (port.MtuBytes, port.HostMac, port.Link));
            Assert.NotEqual(mac, port.Mac);
            Assert.Contains("02:aa:bb:cc:dd:01", _namespace.Ip("link", "show", "tap0"), StringComparison.Ordinal);
            SystemCallException failure = Assert.Throws<SystemCallException>(() => TapPort.Open(Options));
            Assert.Equal(("ioctl TUNSETIFF of tap0", 16, "vm"), (failure.Call, failure.Errno, failure.Subject));
        }

        Assert.DoesNotContain("tap0", _namespace.Ip("link", "show"), StringComparison.Ordinal);
    });

    [Fact]
    public void A_host_that_takes_its_end_down_or_away_disturbs_nothing() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options));
        Frame frame = port.Make(PlainFrameTests.Udp(10));
        _namespace.Ip("link", "set", "tap0", "down");
        Assert.Equal(LinkState.Down, port.Port.Link);
        Assert.Equal(0, port.Queue.Transmit([frame]));
        _namespace.Ip("link", "set", "tap0", "up");
        using (var peer = new RawPeer("tap0"))
        {
            port.Send(frame);
            Assert.Equal(PlainFrameTests.Udp(10), peer.Receive());
        }

        _namespace.Ip("link", "delete", "tap0");
        Assert.True(((TapPort)port.Port).IsGone);
        frame = port.Make(PlainFrameTests.Udp(10));
        Assert.Equal(0, port.Queue.Transmit([frame]));
        Assert.Equal(0, port.Queue.Receive(new FrameBatch()));
        using var wakeup = new Wakeup();
        wakeup.Watch(port.Queue.WakeupDescriptor);
        for (int i = 0; i < 5; i++) wakeup.Sleep(1_000_000);
        Assert.Equal(0, wakeup.Sleep(1_000_000));
    });

    [Fact]
    public void Receiving_and_sending_allocate_nothing() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(TapPort.Open(Options));
        using var peer = new RawPeer("tap0");
        var batch = new FrameBatch();
        long allocated = 0;
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 20; i++) peer.Send(PlainFrameTests.Udp(64));
            long before = GC.GetAllocatedBytesForCurrentThread();
            port.Queue.Receive(batch);
            port.Queue.Transmit(batch.Frames);
            batch.Clear();
            port.Queue.Reclaim(batch);
            foreach (Frame frame in batch.Frames) port.Pool.Return(frame);
            batch.Clear();
            if (round > 0) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, port.Pool.InFlight);
        Assert.Equal(0, allocated);
    });
}

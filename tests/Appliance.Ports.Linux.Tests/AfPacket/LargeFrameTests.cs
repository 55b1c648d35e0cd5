using Appliance.Engine;
using Appliance.Offload;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>What is left to be done to a frame is told to the kernel and by it: segments, unfinished checksums.</summary>
public sealed class LargeFrameTests : IDisposable
{
    private const int SegmentSize = 1420;

    private readonly NetworkNamespace _namespace = new();

    public LargeFrameTests() => _namespace.AddPair("near", "far");

    public void Dispose() => _namespace.Dispose();

    [Theory]
    [InlineData(false, 65_000)]
    [InlineData(true, 65_000)]
    [InlineData(false, 1500)]
    [InlineData(true, 4000)]
    public void A_large_tcp_frame_arrives_as_one(bool isIpv6, int payload) => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        using var peer = new RawPeer("far", isVirtio: true);
        byte[] large = PlainHeaders.MadePartial(Tcp(isIpv6, payload));
        peer.Send(large, Virtio(large, isIpv6 ? VirtioHeader.Tcp6 : VirtioHeader.Tcp4, SegmentSize));
        int seen = port.Receive(1, (frame, _) =>
        {
            Assert.True(large.AsSpan().SequenceEqual(frame.Bytes));
            Assert.Equal(SegmentSize, frame.Info.SegmentSize);
            Assert.Equal((payload + SegmentSize - 1) / SegmentSize, frame.WireFrames);
            Assert.Equal(ChecksumState.Partial, frame.Info.Checksum);
        });
        Assert.Equal(1, seen);
    });

    [Fact]
    public void Large_and_small_frames_stay_in_order_and_ordinals_count_segments() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        using var peer = new RawPeer("far", isVirtio: true);
        byte[] large = PlainHeaders.MadePartial(Tcp(isIpv6: false, 5 * SegmentSize));
        var sent = new List<byte[]>();
        for (int i = 0; i < 90; i++)
        {
            sent.Add(i % 3 == 0 ? large : PlainFrameTests.Udp(i));
            peer.Send(sent[^1], i % 3 == 0 ? Virtio(large, VirtioHeader.Tcp4, SegmentSize) : default);
        }

        var seen = new List<byte[]>();
        long ordinal = 0;
        port.Receive(sent.Count, (frame, _) =>
        {
            Assert.Equal(ordinal, frame.Info.Ordinal);
            ordinal += frame.WireFrames;
            seen.Add(frame.Bytes.ToArray());
        });
        Assert.Equal(sent, seen);
        Assert.Equal((30 * 5) + 60, ordinal);
    });

    [Theory]
    [InlineData(false, new ushort[0])]
    [InlineData(true, new ushort[0])]
    [InlineData(false, new ushort[] { 12 })]
    [InlineData(true, new ushort[] { 12, 13 })]
    public void A_large_frame_leaves_whole_to_who_takes_it_and_cut_to_who_does_not(bool isIpv6, ushort[] vlans) => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        byte[] complete = TestFrames.Tagged(Tcp(isIpv6, (20 * SegmentSize) + 7), vlans);
        byte[] large = PlainHeaders.MadePartial(complete);
        if (vlans.Length == 0)
        {
            using var virtio = new RawPeer("far", isVirtio: true);
            port.Send(MakeLarge(port, large));
            Assert.Equal(large, virtio.Receive(out VirtioHeader header));
            Assert.Equal(Virtio(large, isIpv6 ? VirtioHeader.Tcp6 : VirtioHeader.Tcp4, SegmentSize), header);
        }

        _namespace.Exec("/usr/sbin/ethtool", "-K", "near", "tso", "off", "gso", "off", "tx", "off");
        using var plain = new RawPeer("far");
        port.Send(MakeLarge(port, large));
        foreach (byte[] segment in PlainCutter.Cut(complete, SegmentSize)) Assert.Equal(segment, plain.Receive());
        Assert.Equal(0, port.Pool.InFlight);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_train_leaves_as_the_large_frame_that_it_makes(bool isIpv6) => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        byte[] large = Tcp(isIpv6, (30 * SegmentSize) + 100);
        Frame[] frames = [.. PlainCutter.Cut(large, SegmentSize).Select(segment => port.Make(segment))];
        Couple(frames);
        Assert.True(WholeTrainRules.MayLeaveWhole(frames[0], out _));
        frames[0].Info.SegmentSize = SegmentSize;
        using var peer = new RawPeer("far", isVirtio: true);
        port.Send(frames[0]);
        Assert.Equal(PlainHeaders.MadePartial(large), peer.Receive(out VirtioHeader header));
        Assert.Equal(Virtio(large, isIpv6 ? VirtioHeader.Tcp6 : VirtioHeader.Tcp4, SegmentSize), header);
        Assert.Equal(0, port.Pool.InFlight);
    });

    [Fact]
    public void A_large_udp_frame_passes_both_ways_where_the_kernel_has_it() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        Assert.SkipUnless(port.Port.Capabilities.HasFlag(PortCapabilities.UdpSegmentation), "the kernel is older than 6.2");
        using var peer = new RawPeer("far", isVirtio: true);
        byte[] large = PlainHeaders.MadePartial(PlainFrameTests.Udp(12_345));
        VirtioHeader header = Virtio(large, VirtioHeader.UdpSegments, 1200);
        peer.Send(large, header);
        int seen = port.Receive(1, (frame, _) => Assert.Equal((11, 1200), (frame.WireFrames, frame.Info.SegmentSize)));
        Assert.Equal(1, seen);
        Frame leaving = port.Make(large, ChecksumState.Partial);
        Assert.True(LargeFrame.TryDescribe(leaving, 1200));
        port.Send(leaving);
        Assert.Equal(large, peer.Receive(out VirtioHeader left));
        Assert.Equal(header, left);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_unfinished_checksum_is_handed_on_as_such_both_ways(bool isTcp) => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        using var peer = new RawPeer("far", isVirtio: true);
        byte[] complete = isTcp ? Tcp(isIpv6: true, 200) : PlainFrameTests.Udp(200);
        byte[] partial = PlainHeaders.MadePartial(complete);
        peer.Send(partial, Virtio(partial, VirtioHeader.None, 0) with { HeaderLength = 0 });
        int seen = port.Receive(1, (frame, _) =>
        {
            Assert.Equal(ChecksumState.Partial, frame.Info.Checksum);
            Assert.True(partial.AsSpan().SequenceEqual(frame.Bytes));
        });
        Assert.Equal(1, seen);

        _namespace.Exec("/usr/sbin/ethtool", "-K", "near", "tx", "off");
        port.Send(port.Make(partial, ChecksumState.Partial));
        Assert.Equal(complete, peer.Receive());
    });

    [Fact]
    public void A_checksum_that_no_stage_would_finish_is_finished_on_arrival() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        using var peer = new RawPeer("far", isVirtio: true);
        byte[] sctp = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Sctp(1000, 2000, 0, 3, 0, 8, 1, 2, 3, 4));
        byte[] inner = Tcp(isIpv6: false, 333)[14..];
        byte[] tunnel = TestFrames.Ipv4("192.0.2.8", "198.51.100.9", TestTransport.Raw(IpProtocol.Ipv4, inner));
        byte[] outerUdp = TestFrames.Ipv4("192.0.2.8", "198.51.100.9", TestTransport.Udp(1, 4789, inner));
        foreach ((byte[] frame, int start, int offset, int width) in
            ((byte[], int, int, int)[])[(sctp, 34, 8, 4), (tunnel, 54, 16, 2), (outerUdp, 62, 16, 2)])
        {
            byte[] unfinished = [.. frame];
            unfinished.AsSpan(start + offset, width).Clear();
            if (width == 2) PlainHeaders.MadePartial([.. new byte[12], 8, 0, .. inner]).AsSpan(50, 2).CopyTo(unfinished.AsSpan(start + 16));
            Assert.NotEqual(frame, unfinished);
            peer.Send(unfinished, new VirtioHeader { Flags = 1, ChecksumStart = (ushort)start, ChecksumOffset = (ushort)offset });
            int seen = port.Receive(1, (received, _) =>
            {
                Assert.Equal(frame, received.Bytes.ToArray());
                Assert.Equal(ChecksumState.Unknown, received.Info.Checksum);
            });
            Assert.Equal(1, seen);
        }
    });

    [Fact]
    public void A_large_frame_finds_the_pool_without_its_like_and_waits() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()), size: new FramePoolSize(64, 4, 1));
        using var peer = new RawPeer("far", isVirtio: true);
        byte[] large = PlainHeaders.MadePartial(Tcp(isIpv6: false, 60_000));
        peer.Send(large, Virtio(large, VirtioHeader.Tcp4, SegmentSize));
        peer.Send(large, Virtio(large, VirtioHeader.Tcp4, SegmentSize));
        var batch = new FrameBatch();
        Assert.Equal(1, port.Queue.Receive(batch));
        Assert.Equal(0, port.Queue.Receive(batch));
        port.Pool.Return(batch.Frames[0]);
        Assert.Equal(large, port.ReceiveOne());
    });

    [Fact]
    public void What_does_not_fit_the_sockets_memory_arrives_as_dropped_and_counts_as_all_that_it_stood_for() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options() with { ReceiveBytes = 200_000 }));
        using var peer = new RawPeer("far", isVirtio: true);
        byte[] large = PlainHeaders.MadePartial(Tcp(isIpv6: false, 60_000));
        const int Sent = 20;
        for (int i = 0; i < Sent; i++) peer.Send(large, Virtio(large, VirtioHeader.Tcp4, SegmentSize));
        int whole = 0, dropped = 0;
        port.Receive(Sent, (frame, _) =>
        {
            Assert.Equal((60_000 + SegmentSize - 1) / SegmentSize, frame.WireFrames);
            if (frame.Info.DropReason == DropReason.QueueFull) dropped++;
            else whole += large.AsSpan().SequenceEqual(frame.Bytes) ? 1 : 0;
        });
        Assert.InRange(whole, 2, Sent - 2);
        Assert.Equal(Sent, whole + dropped);
    });

    internal static byte[] Tcp(bool isIpv6, int payload)
    {
        TestTransport segment = TestTransport.Tcp(1000, 443, TcpFlags.Ack, payload);
        return isIpv6
            ? TestFrames.Ipv6("2001:db8::1", "2001:db8:1::2", segment)
            : TestFrames.Ipv4("192.0.2.1", "198.51.100.2", segment, ip => ip with { Identification = 77 });
    }

    internal static VirtioHeader Virtio(byte[] frame, byte segmentation, int segmentSize)
    {
        PlainHeaders headers = PlainHeaders.Of(frame);
        return new VirtioHeader
        {
            Flags = VirtioHeader.NeedsChecksum,
            Segmentation = segmentation,
            HeaderLength = (ushort)headers.Payload,
            SegmentSize = (ushort)segmentSize,
            ChecksumStart = (ushort)headers.Transport,
            ChecksumOffset = (ushort)(headers.ChecksumAt - headers.Transport),
        };
    }

    private static Frame MakeLarge(OpenedPort port, byte[] large)
    {
        Frame frame = port.Make(large, ChecksumState.Partial);
        Assert.True(LargeFrame.TryDescribe(frame, SegmentSize));
        return frame;
    }

    private static void Couple(Frame[] frames)
    {
        ref FrameInfo head = ref frames[0].Info;
        head.TrainFrames = frames.Length;
        head.TrainBytes = frames.Sum(frame => frame.Length);
        head.TrainLargest = frames[0].Info.DatagramLength;
        head.Last = frames[^1];
        for (int i = 1; i < frames.Length; i++) frames[i - 1].Info.Next = frames[i];
    }
}

using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Memory;
using Appliance.Benchmarks.Peers;
using Appliance.Engine;
using Appliance.Offload;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// Large TCP frames to segments with every checksum, in frames of a pool that are rented and given back; and the way back: a train to one
/// frame, each checksum verified, each payload copied.
/// </summary>
internal sealed class SegmentRows : IBenchmarkRows
{
    private const int Mss = 1448;                                     // payload bytes of a segment with timestamps
    private const int Segments = 44;                                  // of a frame as long as IPv4 lets it be
    private const int Header = 66;
    private const int LargeLength = Header + (Segments * Mss);
    private const int LargeStride = 65536;
    private const int SlotStride = 2048;
    private const int Frames = 4;                                     // the large frames in turn, so that not all lies in the first cache
    private const string Linear = "rte_gso, checksums, linear", Scattered = "rte_gso, checksums, scattered";
    private const string CopyAndSum = "rte_raw_cksum + memcpy";

    private readonly FramePool _pool = new(0, new FramePoolSize(1024, 0, 16));
    private readonly Slab _bytes = new(Frames * LargeStride);
    private readonly Slab _into = new(LargeStride + SlotStride);
    private readonly Slab _slots = new(64 * SlotStride);
    private readonly Frame[] _large = new Frame[Frames];
    private Frame _train;

    public string Subject => "segment";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        for (int i = 0; i < Frames; i++) Fill(i);
        if (peerIsPresent && DpdkPeer.CreateGso(_bytes.Bytes, LargeLength, LargeStride, Frames) != 0)
            throw new InvalidOperationException("rte_gso has no memory");
        if (peerIsPresent) Verify();
        yield return Cut(peerIsPresent, Linear, new Bar(Linear, 3, 5));
        yield return Cut(peerIsPresent, Scattered, new Bar(Scattered, 2, 3.4));
        BuildTrain();
        yield return Gather(peerIsPresent);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _bytes.Dispose();
        _into.Dispose();
        _slots.Dispose();
    }

    private Comparison Cut(bool peerIsPresent, string peerName, Bar bar)
    {
        const double Units = Frames * Segments;
        var ours = new Contender("Segmenter.Cut", Units, CutAll);
        int linearise = peerName == Linear ? 1 : 0;
        var peer = new Contender(peerName, Units, () => DpdkPeer.RunGso(Frames, Mss, linearise));
        return new Comparison("cut 64 KB, all checksums", "segment", ours, peerIsPresent ? [peer] : [], bar);
    }

    /// <summary>No bar: both are bound by the copy, and what is to be faster by half is coalescing and this together.</summary>
    private Comparison Gather(bool peerIsPresent)
    {
        var ours = new Contender("TrainGather.TryWriteVerified", Segments, () =>
            TrainGather.TryWriteVerified(_train, _into.Bytes, completeChecksum: false, out _));
        var peer = new Contender(CopyAndSum, Segments, () =>
            DpdkPeer.RunGather(_slots.Bytes, SlotStride, Segments, Header, Header + Mss, _into.Bytes));
        return new Comparison("gather 64 KB, verified", "segment", ours, peerIsPresent ? [peer] : []);
    }

    /// <summary>A frame that was cut is made large again for the next run: its payload has not moved.</summary>
    private void CutAll()
    {
        for (int i = 0; i < Frames; i++)
        {
            Frame large = _large[i];
            Restore(large, i);
            Segmenter.Cut(large, _pool, out _);
            Return(large.Info.Next);
        }
    }

    private void Restore(Frame large, int index)
    {
        _bytes.Bytes.Slice(index * LargeStride, Header).CopyTo(large.Bytes);
        large.SetLength(LargeLength);
        ref FrameInfo info = ref large.Info;
        info.DatagramLength = LargeLength - info.NetworkOffset;
        info.SegmentSize = Mss;
        info.TrainFrames = Segments;
        info.Checksum = ChecksumState.Partial;
    }

    private void Return(Frame first)
    {
        while (!first.IsNull)
        {
            Frame next = first.Info.Next;
            _pool.Return(first);
            first = next;
        }
    }

    private void Fill(int index)
    {
        _pool.TryRent(LargeLength, out Frame large);
        ref FrameInfo info = ref large.Info;
        info.NetworkOffset = EthernetView.HeaderLength;
        info.TransportOffset = info.NetworkOffset + Ipv4View.MinHeaderLength;
        info.DatagramLength = LargeLength - info.NetworkOffset;
        info.Network = NetworkKind.Ipv4;
        info.Protocol = IpProtocol.Tcp;
        Span<byte> datagram = new EthernetFields(new MacAddress(2), new MacAddress(4), EtherType.Ipv4).WriteTo(large.Bytes).Payload;
        Ipv4View ip = new Ipv4Fields
        {
            TimeToLive = 64,
            Protocol = IpProtocol.Tcp,
            Source = new Ipv4Address(0x0a00_0001),
            Destination = new Ipv4Address(0x0a00_0002),
            PayloadLength = (ushort)(datagram.Length - Ipv4View.MinHeaderLength),
        }.WriteTo(datagram);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(ip.Header));
        TcpView tcp = new TcpFields
        {
            SourcePort = 80,
            DestinationPort = 40000,
            SequenceNumber = 1,
            AcknowledgmentNumber = 1,
            Window = 500,
            Flags = TcpFlags.Ack,
            OptionsLength = 12,
        }.WriteTo(datagram[Ipv4View.MinHeaderLength..]);
        ((ReadOnlySpan<byte>)[1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8]).CopyTo(tcp.Options);
        new Random(index).NextBytes(tcp.Payload);
        PartialChecksum.Begin(large);
        large.Bytes.CopyTo(_bytes.Bytes[(index * LargeStride)..]);
        _large[index] = large;
    }

    /// <summary>The train stays what the first frame was cut into, and its copy in slots is the peer's.</summary>
    private void BuildTrain()
    {
        Restore(_large[0], 0);
        Segmenter.Cut(_large[0], _pool, out _);
        _train = _large[0];
        int at = 0;
        for (Frame frame = _train; !frame.IsNull; frame = frame.Info.Next, at += SlotStride)
            frame.Bytes.CopyTo(_slots.Bytes[at..]);
        if (!TrainGather.TryWriteVerified(_train, _into.Bytes, completeChecksum: false, out int length) || length != LargeLength)
            throw new AnswersDifferException("the train's checksums are not good");
    }

    private void Verify()
    {
        Restore(_large[0], 0);
        Segmenter.Cut(_large[0], _pool, out _);
        int count = DpdkPeer.CutGso(Mss, _slots.Bytes, SlotStride);
        AnswersDifferException.ThrowUnlessEqual([Segments], [count], "rte_gso: segments");
        int at = 0;
        for (Frame frame = _large[0]; !frame.IsNull; frame = frame.Info.Next, at += SlotStride)
        {
            int[] ours = [.. frame.Bytes.ToArray()], theirs = [.. _slots.Bytes.Slice(at, frame.Length).ToArray()];
            AnswersDifferException.ThrowUnlessEqual(ours, theirs, $"rte_gso: segment {at / SlotStride}");
        }

        Return(_large[0].Info.Next);
    }
}

using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Offload;
using Appliance.Offload.Tests.Segmentation;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Interop.Segmentation;

/// <summary>Our cutter beside Linux's, byte by byte: both families, options, extension headers, tags, every flag, UDP.</summary>
public sealed class LinuxSegmentationTests
{
    private static readonly PortTable Ports = new([
        new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = TestFrames.Router, AnyDestination = true },
        new PortFacts { Index = 1, Name = "lan.5", Physical = 0, Mac = TestFrames.Router, Parent = 0, VlanId = 5 },
        new PortFacts { Index = 2, Name = "lan.5.7", Physical = 0, Mac = TestFrames.Router, Parent = 1, VlanId = 7 },
    ]);

    [Fact]
    public void Linux_cuts_every_shape_the_same_way()
    {
        (string Name, byte[] Frame, int Size)[] samples = [.. Samples()];
        IReadOnlyList<IReadOnlyList<byte[]>> theirs = LinuxCutter.Cut([.. samples.Select(sample => (sample.Frame, sample.Size))]);
        int segments = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            (string name, byte[] frame, int size) = samples[i];
            List<byte[]> ours = Cut(frame, size);
            Assert.True(ours.Count == theirs[i].Count, $"{name}: {ours.Count} segments of ours, {theirs[i].Count} of Linux's");
            for (int at = 0; at < ours.Count; at++)
                Assert.True(ours[at].AsSpan().SequenceEqual(theirs[i][at]), Difference(name, at, ours[at], theirs[i][at]));
            segments += ours.Count;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{samples.Length} large frames, {segments} segments, all bytes as Linux's");
    }

    /// <summary>
    /// A virtio header cannot say that identifications stay the same (Linux's GSO_TCP_FIXEDID), so Linux makes them consecutive; with DF
    /// they mean nothing (RFC 6864 §4.1). Nothing else differs.
    /// </summary>
    [Fact]
    public void Fixed_identifications_are_all_that_differs()
    {
        byte[] frame = LargeFrameSamples.Tcp4(5000, TcpFlags.Ack, dontFragment: true);
        IReadOnlyList<byte[]> theirs = LinuxCutter.Cut([(frame, 1000)])[0];
        List<byte[]> ours = Cut(frame, 1000, isIdentificationFixed: true);
        Assert.Equal(ours.Count, theirs.Count);
        for (int i = 0; i < ours.Count; i++)
        {
            Assert.Equal(0xfff0, BinaryPrimitives.ReadUInt16BigEndian(ours[i].AsSpan(18)));
            Assert.Equal(0xfff0 + i, BinaryPrimitives.ReadUInt16BigEndian(theirs[i].AsSpan(18)));
            Assert.Equal(TestFrames.WithIpv4(ours[i], 4, theirs[i][18], theirs[i][19]), theirs[i]);
        }
    }

    /// <summary>RFC 768: UDP sends a checksum of zero as all ones. TCP sends zero.</summary>
    [Fact]
    public void A_checksum_that_comes_out_as_zero_is_written_alike()
    {
        byte[] tcp = WithZeroInTheFirst(LargeFrameSamples.Tcp4(3000, TcpFlags.Ack)), udp = WithZeroInTheFirst(LargeFrameSamples.Udp4(3000));
        IReadOnlyList<IReadOnlyList<byte[]>> theirs = LinuxCutter.Cut([(tcp, 1000), (udp, 1000)]);
        Assert.Equal([0, 0], Cut(tcp, 1000)[0][PlainHeaders.Of(tcp).ChecksumAt..][..2]);
        Assert.Equal([0xff, 0xff], Cut(udp, 1000)[0][PlainHeaders.Of(udp).ChecksumAt..][..2]);
        Assert.Equal(Cut(tcp, 1000), theirs[0]);
        Assert.Equal(Cut(udp, 1000), theirs[1]);
    }

    private static IEnumerable<(string Name, byte[] Frame, int Size)> Samples()
    {
        foreach ((string name, byte[] frame, int size) in LargeFrameSamples.All())
        {
            bool isWithout = name.Contains("without", StringComparison.Ordinal);                 // Linux wants a checksum to finish
            if (!isWithout) yield return (name, frame, size);
        }

        for (int bits = 0; bits < 16; bits++)
        {
            TcpFlags ends = Flag(bits, 1, TcpFlags.Fin) | Flag(bits, 2, TcpFlags.Psh);
            TcpFlags flags = TcpFlags.Ack | ends | Flag(bits, 4, TcpFlags.Ece) | Flag(bits, 8, TcpFlags.Cwr);
            yield return ($"tcp4 {flags}", LargeFrameSamples.Tcp4(3500, flags), 1000);
            yield return ($"tcp6 {flags}", LargeFrameSamples.Tcp6(3500, flags), 1000);
        }
    }

    private static TcpFlags Flag(int bits, int bit, TcpFlags flag) => (bits & bit) != 0 ? flag : TcpFlags.None;

    private static List<byte[]> Cut(byte[] frame, int size, bool isIdentificationFixed = false)
    {
        using var pool = new FramePool(0, new FramePoolSize(256, 0, 4));
        byte[] partial = PlainHeaders.MadePartial(frame);
        Assert.True(pool.TryRent(partial.Length, out Frame large));
        partial.CopyTo(large.Bytes);
        large.Info.Checksum = ChecksumState.Partial;
        Assert.True(LargeFrame.TryDescribe(large, size, isIdentificationFixed));
        var batch = new FrameBatch();
        batch.TryAdd(large);
        var counters = new WorkerCounters(Ports.Count);
        var context = new StageContext(new MonotonicTime(0), 0, counters, pool, new FrameSource(pool, counters), null);
        new ParseStage(Ports).Process(batch, context);
        Assert.Equal(0, batch.Ended);
        Segmenter.Cut(large, pool, out _);
        var segments = new List<byte[]>();
        for (Frame segment = large; !segment.IsNull; segment = segment.Info.Next) segments.Add(segment.Bytes.ToArray());
        return segments;
    }

    /// <summary>The first word of the payload is changed so that the first segment's checksum is zero.</summary>
    private static byte[] WithZeroInTheFirst(byte[] frame)
    {
        PlainHeaders headers = PlainHeaders.Of(frame);
        byte[] first = PlainCutter.Cut(frame, 1000)[0];
        int sum = BinaryPrimitives.ReadUInt16BigEndian(first.AsSpan(headers.ChecksumAt))
            + BinaryPrimitives.ReadUInt16BigEndian(first.AsSpan(headers.Payload));
        int word = (sum & 0xffff) + (sum >> 16);
        return PlainHeaders.Finished(TestFrames.With(frame, headers.Payload, (byte)(word >> 8), (byte)word));
    }

    private static string Difference(string name, int segment, byte[] ours, byte[] theirs)
    {
        int at = ours.AsSpan().CommonPrefixLength(theirs);
        return $"{name}: segment {segment} ({ours.Length} bytes, Linux's {theirs.Length}) differs from byte {at}: "
            + $"{Convert.ToHexStringLower(ours.AsSpan(at))}, Linux's {Convert.ToHexStringLower(theirs.AsSpan(at))}";
    }
}

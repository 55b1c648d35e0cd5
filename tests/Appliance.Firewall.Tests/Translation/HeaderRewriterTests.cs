using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Every rewritten frame is the frame that would have been made with the other endpoints in the first place.</summary>
public sealed class HeaderRewriterTests : IDisposable
{
    private readonly FrameRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Rewritten_frame_is_the_one_made_from_scratch()
    {
        var random = new Random(4);
        int frames = 0;
        for (int round = 0; round < 2_000; round++)
        {
            foreach (string kind in TestFlow.Kinds)
            {
                foreach (bool v6 in (bool[])[false, true])
                {
                    var payload = new byte[random.Next(4, 90)];
                    random.NextBytes(payload);
                    var flow = new TestFlow(kind, v6, payload);
                    FrameEndpoints here = TestFlow.Random(random, v6, flow.IsQuery), to = TestFlow.Random(random, v6, flow.IsQuery);
                    Frame frame = _rig.Parsed(flow.Make(here));
                    Assert.True(HeaderRewriter.TryRewrite(frame, to));
                    (ushort, ushort) ports = (frame.Info.SourcePort, frame.Info.DestinationPort);
                    if (flow.HasPorts) Assert.Equal((to.SourcePort, to.DestinationPort), ports);
                    byte[] there = frame.Bytes.ToArray();
                    Assert.True(HeaderRewriter.TryRewrite(frame, here));
                    byte[] andBack = _rig.Take(frame);
                    Assert.Equal(flow.Make(to), there);
                    Assert.Equal(flow.Make(here), andBack);
                    frames++;
                }
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{frames} frames rewritten there and back");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Udp_checksum_never_becomes_zero(bool v6)
    {
        var flow = new TestFlow("udp", v6, [1, 2, 3, 4]);
        var here = new FrameEndpoints(TestFlow.Address(new Random(1), v6), TestFlow.Address(new Random(2), v6), 1, 2);
        int allOnes = 0;
        for (int port = 0; port < 1 << 16; port++)
        {
            FrameEndpoints to = here with { SourcePort = (ushort)port };
            Frame frame = _rig.Parsed(flow.Make(here));
            Assert.True(HeaderRewriter.TryRewrite(frame, to));
            byte[] rewritten = _rig.Take(frame);
            ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(rewritten.AsSpan(14 + (v6 ? 40 : 20) + 6));
            Assert.NotEqual(0, checksum);
            if (checksum == 0xffff) allOnes++;
            if (port % 64 == 0 || checksum == 0xffff) Assert.Equal(flow.Make(to), rewritten);
        }

        Assert.InRange(allOnes, 1, 2);
    }

    [Theory]
    [InlineData("tcp", 16)]
    [InlineData("udp", 6)]
    [InlineData("sctp", 8)]
    public void What_was_wrong_stays_as_wrong(string kind, int checksumAt)
    {
        var flow = new TestFlow(kind, V6: false, [1, 2, 3, 4, 5, 6, 7]);
        var random = new Random(3);
        FrameEndpoints here = TestFlow.Random(random, v6: false, isQuery: false), to = TestFlow.Random(random, v6: false, isQuery: false);
        byte[] wrong = flow.Make(here), right = flow.Make(to);
        int at = 14 + 20 + checksumAt;
        wrong[at] ^= 0x55;
        Frame frame = _rig.Parsed(wrong);
        frame.Info.Checksum = ChecksumState.Bad;
        Assert.True(HeaderRewriter.TryRewrite(frame, to));
        byte[] rewritten = _rig.Take(frame);
        Assert.NotEqual(right.AsSpan(at, 2).ToArray(), rewritten.AsSpan(at, 2).ToArray());
        Frame again = _rig.Parsed(rewritten);
        Assert.True(HeaderRewriter.TryRewrite(again, here));
        Assert.Equal(wrong, _rig.Take(again));
    }

    [Theory]
    [InlineData("tcp", false)]
    [InlineData("tcp", true)]
    [InlineData("udp", false)]
    [InlineData("udp", true)]
    public void Partial_checksum_takes_the_addresses_only(string kind, bool v6)
    {
        var random = new Random(5);
        for (int round = 0; round < 500; round++)
        {
            var flow = new TestFlow(kind, v6, [(byte)round, 2, 3, 4]);
            FrameEndpoints here = TestFlow.Random(random, v6, isQuery: false), to = TestFlow.Random(random, v6, isQuery: false);
            Frame frame = _rig.Parsed(PlainHeaders.MadePartial(flow.Make(here)));
            frame.Info.Checksum = ChecksumState.Partial;
            Assert.True(HeaderRewriter.TryRewrite(frame, to));
            byte[] rewritten = _rig.Take(frame);
            PlainHeaders headers = PlainHeaders.Of(rewritten);
            ushort finished = (ushort)~PlainChecksum.Sum(rewritten.AsSpan(headers.Transport));      // as the port that finishes it does
            if (finished == 0 && !headers.IsTcp) finished = 0xffff;
            BinaryPrimitives.WriteUInt16BigEndian(rewritten.AsSpan(headers.ChecksumAt), finished);
            Assert.Equal(flow.Make(to), rewritten);
        }
    }

    [Fact]
    public void Every_frame_of_a_train_is_rewritten_by_its_own_headers()
    {
        var random = new Random(6);
        FrameEndpoints here = TestFlow.Random(random, v6: false, isQuery: false), to = TestFlow.Random(random, v6: false, isQuery: false);
        TestFlow[] flows = [new("tcp", false, [1, 2, 3, 4]), new("tcp", false, [5, 6, 7, 8]), new("tcp", false, [9])];
        Frame train = _rig.Train([.. flows.Select(flow => flow.Make(here))]);
        Assert.True(HeaderRewriter.TryRewrite(train, to));
        foreach (TestFlow flow in flows)
        {
            Frame next = train.Info.Next;
            Assert.Equal(flow.Make(to), _rig.Take(train));
            train = next;
        }
    }

    [Fact]
    public void Later_fragment_has_its_addresses_rewritten_and_nothing_else()
    {
        byte[] fragment = TestFrames.Ipv4("10.0.0.1", "192.0.2.1", TestTransport.Raw(IpProtocol.Udp, TestTransport.Pattern(40)), Behind);
        byte[] expected = TestFrames.Ipv4("203.0.113.9", "192.0.2.1", TestTransport.Raw(IpProtocol.Udp, TestTransport.Pattern(40)), Behind);
        var to = new FrameEndpoints(TestFrames.V4("203.0.113.9").Value, TestFrames.V4("192.0.2.1").Value, 50_001, 53);
        Frame frame = _rig.Parsed(fragment);
        Assert.True(HeaderRewriter.TryRewrite(frame, to));
        Assert.Equal(expected, _rig.Take(frame));

        static Ipv4Fields Behind(Ipv4Fields fields) => fields with { FragmentOffsetBytes = 64 };
    }

    [Theory]
    [InlineData(IpProtocol.Tcp, 17, false)]
    [InlineData(IpProtocol.Tcp, 18, true)]
    [InlineData(IpProtocol.Udp, 7, false)]
    [InlineData(IpProtocol.Udp, 8, true)]
    [InlineData(IpProtocol.Sctp, 11, false)]
    [InlineData(IpProtocol.Icmp, 7, false)]
    [InlineData(IpProtocol.Gre, 0, true)]
    public void Datagram_too_short_for_its_checksum_is_left_as_it_is(IpProtocol protocol, int bytes, bool isRewritten)
    {
        byte[] original = TestFrames.Ipv4("10.0.0.1", "192.0.2.1", TestTransport.Raw(protocol, TestTransport.Pattern(bytes)));
        Frame frame = _rig.Parsed(original);
        var to = new FrameEndpoints(TestFrames.V4("203.0.113.9").Value, TestFrames.V4("192.0.2.1").Value, 50_001, 53);
        Assert.Equal(isRewritten, HeaderRewriter.TryRewrite(frame, to));
        byte[] after = _rig.Take(frame);
        Assert.Equal(!isRewritten, after.AsSpan().SequenceEqual(original));
    }
}

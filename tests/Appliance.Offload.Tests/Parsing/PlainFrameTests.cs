using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

/// <summary>
/// What the parser of plain frames takes, it must read as the parser of all frames does; what it leaves, it must leave as it is.
/// </summary>
public sealed class PlainFrameTests : IDisposable
{
    private static readonly byte[] Udp4 = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1000, 53, 20));
    private static readonly byte[] Tcp4 = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Tcp(1000, 443));
    private static readonly byte[] Udp6 = TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Udp(1000, 53, 20));
    private static readonly byte[] Tcp6 = TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Tcp(1000, 443));

    private static readonly PlainFrame[] PlainByPort = PlainFrame.ByPort(ParseRig.Ports);

    private readonly FramePool _pool = new(0, new FramePoolSize(128, 2, 2));
    private readonly WorkerCounters _counters = new(ParseRig.Ports.Count);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Both_parsers_read_plain_frames_and_their_mutations_alike()
    {
        var mutations = new FrameMutations(seed: 7);
        int plain = 0, others = 0;
        foreach (byte[] frame in new[] { Udp4, Tcp4, Udp6, Tcp6, ToVirtual(Udp4, TestFrames.Host), ToVirtual(Tcp6, TestFrames.Host) })
        {
            for (int i = 0; i < 20_000; i++)
            {
                foreach (int port in new[] { ParseRig.Any, ParseRig.Lan })
                {
                    if (IsReadAlike(i == 0 ? frame : mutations.Next(frame), port)) plain++;
                    else others++;
                }
            }
        }

        Assert.True(plain > 10_000, $"{plain} were plain.");
        Assert.True(others > 10_000, $"{others} were not.");
    }

    [Fact]
    public void TCP_and_UDP_of_both_families_are_plain_and_other_frames_are_not()
    {
        foreach (byte[] frame in new[] { Udp4, Tcp4, Udp6, Tcp6 })
            Assert.True(IsReadAlike(frame, ParseRig.Lan));
        byte[][] others =
        [
            TestFrames.Tagged(Udp4, EtherType.Vlan, 5),
            TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.EchoRequest(1)),
            TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1, 2), ip => ip with { MoreFragments = true }),
            TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1, 2), null, 148, 4, 0, 0),
            TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Udp(1, 2), null, TestExtension.HopByHop),
        ];
        foreach (byte[] frame in others)
            Assert.False(IsReadAlike(frame, ParseRig.Lan));
    }

    [Fact]
    public void A_frame_to_a_virtual_host_is_plain_unless_the_port_itself_sent_it()
    {
        MacAddress own = ParseRig.Ports[ParseRig.Lan].Mac;
        foreach (byte[] frame in new[] { Udp4, Tcp6 })
        {
            Assert.True(IsReadAlike(ToVirtual(frame, TestFrames.Host), ParseRig.Lan));
            Assert.False(IsReadAlike(ToVirtual(frame, own), ParseRig.Lan));
        }
    }

    [Fact]
    public void A_run_ends_with_its_port_and_tells_which_frames_are_left()
    {
        byte[] tagged = TestFrames.Tagged(Udp4, EtherType.Vlan, 5);
        Frame[] frames =
        [
            Rent(Udp4, ParseRig.Lan), Rent(tagged, ParseRig.Lan), Rent(Tcp6, ParseRig.Lan), Rent(tagged, ParseRig.Lan),
            Rent(Udp4, ParseRig.Any), Rent(Tcp4, ParseRig.Lan),
        ];
        Assert.Equal(4, PlainFrame.ParseRun(frames, PlainByPort, out ulong others, out _));
        Assert.Equal(0b1010UL, others);
        Assert.Equal(1, PlainFrame.ParseRun(frames.AsSpan(4), PlainByPort, out others, out _));
        Assert.Equal(0UL, others);
    }

    [Fact]
    public void A_run_is_of_64_frames_at_most()
    {
        byte[] tagged = TestFrames.Tagged(Udp4, EtherType.Vlan, 5);
        Frame[] frames = [.. Enumerable.Range(0, 70).Select(i => Rent(i % 3 == 0 ? Tcp4 : tagged, ParseRig.Lan))];
        Assert.Equal(64, PlainFrame.ParseRun(frames, PlainByPort, out ulong others, out _));
        for (int i = 0; i < 64; i++)
            Assert.Equal(i % 3 != 0, ((others >> i) & 1) != 0);
    }

    [Fact]
    public void What_is_known_of_a_batch_holds_for_each_of_its_frames()
    {
        byte[] echo = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.EchoRequest(1));
        const BatchFacts Both = BatchFacts.PlainIpv4 | BatchFacts.NoSegments;
        Assert.Equal(Both, FactsOf(Udp4, Udp4));
        Assert.Equal(BatchFacts.PlainIpv4, FactsOf(Tcp4, Tcp4));
        Assert.Equal(BatchFacts.PlainIpv4, FactsOf(Udp4, Tcp4, Udp4));
        Assert.Equal(BatchFacts.NoSegments, FactsOf(Udp6));
        Assert.Equal(BatchFacts.NoSegments, FactsOf(Udp4, Udp6));
        Assert.Equal(BatchFacts.None, FactsOf(Tcp6, Udp4));
        Assert.Equal(BatchFacts.None, FactsOf(Udp4, echo));
    }

    [Fact]
    public void Nothing_is_known_of_a_batch_with_a_frame_that_was_added()
    {
        var batch = new FrameBatch();
        Action[] additions = [() => batch.TryAdd(Rent(Udp4, 0)), () => batch.Add([Rent(Udp4, 0)]), AddInPlace];
        foreach (Action add in additions)
        {
            batch.Facts = BatchFacts.PlainIpv4;
            add();
            Assert.Equal(BatchFacts.None, batch.Facts);
        }

        void AddInPlace()
        {
            batch.Free[0] = Rent(Udp4, 0);
            batch.Grow(1);
        }
    }

    private static byte[] ToVirtual(byte[] frame, MacAddress source) =>
        TestFrames.WithMacs(frame, new MacAddress(0x0000_5e00_0101), source);

    /// <summary>Of a batch whose frames came in by two ports in turns: of each run and of all.</summary>
    private BatchFacts FactsOf(params byte[][] frames)
    {
        var batch = new FrameBatch();
        for (int i = 0; i < frames.Length; i++) batch.TryAdd(Rent(frames[i], i % 2 == 0 ? ParseRig.Lan : ParseRig.Any));
        var source = new FrameSource(_pool, _counters);
        new ParseStage(ParseRig.Ports).Process(batch, new StageContext(default, 0, _counters, _pool, source, null));
        return batch.Facts;
    }

    /// <summary>Whether the frame is plain; if so both say the same of it, else its info is untouched.</summary>
    private bool IsReadAlike(byte[] bytes, int port)
    {
        Frame one = Rent(bytes, port), other = Rent(bytes, port);
        byte[] before = InfoOf(one);
        bool isPlain = PlainFrame.ParseRun([one], PlainByPort, out ulong left, out _) == 1 && left == 0;
        DropReason refused = FrameParser.ParseOther(other, ParseRig.Ports, _counters);
        ParsedFrame read = ParsedFrame.From(DropReason.None, one.Info), expected = ParsedFrame.From(refused, other.Info);
        if (isPlain && read != expected) Assert.Fail($"{read}\nwhere the other says\n{expected}\nof\n{Convert.ToHexStringLower(bytes)}");
        if (!isPlain) Assert.Equal(before, InfoOf(one));
        Assert.Equal(bytes, one.Bytes.ToArray());
        _pool.Return(other);
        _pool.Return(one);
        return isPlain;
    }

    private Frame Rent(byte[] bytes, int port)
    {
        Assert.True(_pool.TryRent(bytes.Length, out Frame frame));
        bytes.CopyTo(frame.Bytes);
        frame.Info.IngressPort = (ushort)port;
        return frame;
    }

    private static byte[] InfoOf(Frame frame) => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref frame.Info, 1)).ToArray();
}

using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

/// <summary>The parser of the data path against its slow twin, on frames of every kind.</summary>
public sealed class SlowParserTests : IDisposable
{
    private readonly ParseRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Both_read_frames_made_by_hand_and_their_mutations_alike()
    {
        int[] seen = CompareMutations(HandMade(), mutationsEach: 4_000, seed: 1);
        DropReason[] possible =
        [
            DropReason.None, DropReason.Short, DropReason.OwnSource, DropReason.NotForUs, DropReason.Vlan,
            DropReason.Ethertype, DropReason.IpHeader, DropReason.BadIpChecksum,
        ];
        foreach (DropReason reason in possible)
            Assert.True(seen[(int)reason] > 100, $"{DropReasonNames.Of(reason)} came {seen[(int)reason]} times.");
        Assert.Equal(seen.Sum(), possible.Sum(reason => seen[(int)reason]));
    }

    [Fact]
    public void Both_read_captured_frames_alike()
    {
        var seen = new int[DropReasonNames.Count];
        foreach (byte[] frame in Captured())
            Compare(frame, seen);
        Tell(seen);
        Assert.True(seen[(int)DropReason.None] > 1_000);
    }

    [Fact]
    public void Both_read_mutations_of_captured_frames_alike()
    {
        int[] seen = CompareMutations(Captured(), mutationsEach: 25, seed: 2);
        Assert.True(seen[(int)DropReason.None] > 10_000);
    }

    private int[] CompareMutations(IEnumerable<byte[]> frames, int mutationsEach, int seed)
    {
        var mutations = new FrameMutations(seed);
        var seen = new int[DropReasonNames.Count];
        foreach (byte[] frame in frames)
        {
            for (int i = 0; i < mutationsEach; i++)
                Compare(mutations.Next(frame), seen);
        }

        Tell(seen);
        return seen;
    }

    /// <summary>At a port that takes any destination, and at one that does not.</summary>
    private void Compare(byte[] frame, int[] seen)
    {
        foreach (int port in new[] { ParseRig.Any, ParseRig.Lan })
        {
            ParsedFrame expected = SlowParser.Parse(frame, ParseRig.Ports, port);
            DropReason refused = _rig.Parse(frame, out FrameInfo info, port);
            ParsedFrame parsed = ParsedFrame.From(refused, info);
            if (expected != parsed) Assert.Fail($"{parsed}\nwhere the slow parser says\n{expected}\nof\n{Convert.ToHexStringLower(frame)}");
            seen[(int)refused]++;
        }
    }

    private static void Tell(int[] seen)
    {
        IEnumerable<string> counts =
            from reason in Enum.GetValues<DropReason>()
            where seen[(int)reason] > 0
            select $"{DropReasonNames.Of(reason)} {seen[(int)reason]}";
        TestContext.Current.TestOutputHelper?.WriteLine($"{seen.Sum()} frames compared: {string.Join(", ", counts)}");
    }

    /// <summary>Those that fit a slot; others never come this far.</summary>
    private static IEnumerable<byte[]> Captured() =>
        SharedCaptures.EthernetFrames().Where(frame => frame.Length <= FramePool.MaxFrameBytes);

    private static IEnumerable<byte[]> HandMade()
    {
        TestTransport[] transports =
        [
            TestTransport.Tcp(1000, 80, payloadLength: 20), TestTransport.Udp(1000, 53, 20), TestTransport.Sctp(1, 2, new byte[16]),
            TestTransport.Icmp(3, 1, 0, new byte[28]), TestTransport.EchoRequest(7), TestTransport.Raw(IpProtocol.Gre, new byte[12]),
        ];
        foreach (TestTransport transport in transports)
        {
            yield return TestFrames.Ipv4("192.0.2.1", "198.51.100.2", transport);
            yield return TestFrames.Ipv4("192.0.2.1", "198.51.100.2", transport, null, 1, 131, 7, 4, 192, 0, 2, 9);
            yield return TestFrames.Ipv4("192.0.2.1", "198.51.100.2", transport, ip => ip with { MoreFragments = true });
            yield return TestFrames.Ipv6("2001:db8::1", "2001:db8::2", transport);
            yield return TestFrames.Ipv6("2001:db8::1", "2001:db8::2", transport, null, TestExtension.HopByHop, TestExtension.Routing(0));
            yield return TestFrames.Ipv6("2001:db8::1", "2001:db8::2", transport, null, TestExtension.Fragment(0, more: true));
            yield return TestFrames.Ipv6("2001:db8::1", "2001:db8::2", transport, null, TestExtension.Fragment(1480, more: false));
        }

        foreach (ulong virtualMac in new[] { 0x0000_5e00_0101UL, 0x0000_5e00_0102UL, 0x0000_5e00_0001UL })
        {
            var to = new MacAddress(virtualMac);
            byte[] plain = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", transports[0]);
            yield return TestFrames.WithMacs(plain, to, TestFrames.Host);
            yield return TestFrames.Tagged(TestFrames.WithMacs(plain, to, TestFrames.Host), 5);
            yield return TestFrames.WithMacs(TestFrames.Ipv6("2001:db8::1", "2001:db8::2", transports[1]), to, TestFrames.Host);
        }

        yield return TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.EchoRequestV6(7), null, TestExtension.Authentication());
        yield return TestFrames.Ipv6("fe80::1", "ff02::1:ff00:1", TestTransport.Icmpv6(135, 0, 0, new byte[16]));
        yield return TestFrames.Ethernet(EtherType.Arp, new byte[28]);
        yield return TestFrames.WithMacs(TestFrames.Ethernet(EtherType.Arp, new byte[28]), MacAddress.Broadcast, TestFrames.Router);
    }
}

using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Segmentation;

/// <summary>
/// The law of offloads, on the wire: the same frames leave, and the same is counted, whether large frames come whole or as their segments,
/// and whatever the egress port can do by itself.
/// </summary>
public sealed class LargeFrameLawTests
{
    private const PortCapabilities All =
        PortCapabilities.TransmitChecksum | PortCapabilities.Segmentation | PortCapabilities.UdpSegmentation
        | PortCapabilities.LargeReceive;

    private const string TaggedIn = "tagged in";

    private const string Vlan = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          trunk: {backend: pcap}
          wan: {parent: trunk, vlan: 7, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:2::1"}

        """;

    private static readonly Dictionary<string, string> Places = new(StringComparer.Ordinal)
    {
        ["edge"] = Boxes.Edge,
        ["edge, blackhole"] = Boxes.Edge.Replace("routes:", "routes:\n  - {to: 10.0.0.0/8, blackhole: on}", StringComparison.Ordinal),
        ["island"] = Boxes.Island,
        ["small mtu"] = Boxes.Edge.Replace("\"2001:db8:2::2/64\"]", "\"2001:db8:2::2/64\"], mtu: 1280", StringComparison.Ordinal),
        ["smallest mtu"] = """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
              wan: {backend: pcap, addresses: [203.0.113.2/24], mtu: 576}
            routes:
              - {to: 0.0.0.0/0, via: 203.0.113.1}

            """,
        ["vlan"] = Vlan,
        [TaggedIn] = """
            ports:
              trunk: {backend: pcap}
              lan: {parent: trunk, vlan: 9, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
              wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
            routes:
              - {to: 0.0.0.0/0, via: 203.0.113.1}
              - {to: "::/0", via: "2001:db8:2::1"}

            """,
    };

    public static TheoryData<string, PortCapabilities, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, PortCapabilities, int>();
            foreach (string place in Places.Keys)
            {
                cases.Add(place, PortCapabilities.None, 1);
                cases.Add(place, PortCapabilities.TransmitChecksum, 1);
                cases.Add(place, PortCapabilities.TransmitChecksum | PortCapabilities.Segmentation, 2);
                cases.Add(place, All, 1);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Large_frames_are_their_segments(string place, PortCapabilities capabilities, int vcpus)
    {
        int items = TestSize.Of(person: 400, server: 2_000, soak: 100_000), seed = TestSize.Seed(1);
        using var whole = new CuttingBox(Places[place], capabilities, vcpus);
        using var singly = new CuttingBox(Places[place], PortCapabilities.None, vcpus);
        long large = 0;
        for (int i = 0; i < items; i++)
        {
            LargeItem item = LargeItem.Draw(seed + i);
            if (place == TaggedIn) item = item.Tagged(9);
            whole.Wire.Clear();
            singly.Wire.Clear();
            whole.Send(item);
            singly.Send(item.Segments);
            large += item.SegmentSize > 0 ? 1 : 0;
            MustBeTheSame(singly, whole, $"{place}, seed {seed + i}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{items} from seed {seed}: {large} large, {whole.Wire.Whole} left whole, {whole.Node.ReadAccounts().TsoSuperframes} cut here");
        Assert.InRange(large, items / 4, items - 1);
        if (capabilities == All && place == "edge") Assert.InRange(whole.Wire.Whole, items / 20, items);
        if (capabilities != PortCapabilities.None) return;
        Assert.Equal(0, whole.Wire.Whole);
        if (place == "edge") Assert.InRange(whole.Node.ReadAccounts().TsoSuperframes, items / 20, items);
    }

    /// <summary>By each port in the same order, and each account but those that say who computed and who cut.</summary>
    private static void MustBeTheSame(CuttingBox singly, CuttingBox whole, string what)
    {
        foreach (int port in Enumerable.Range(0, singly.Node.Models.Ports.Count))
        {
            byte[][] expected = [.. singly.Wire.Sent.Where(sent => sent.Port.Index == port).Select(sent => sent.Bytes)];
            byte[][] actual = [.. whole.Wire.Sent.Where(sent => sent.Port.Index == port).Select(sent => sent.Bytes)];
            Assert.True(expected.Length == actual.Length, $"{what}, port {port}: {actual.Length} frames left, not {expected.Length}");
            for (int i = 0; i < expected.Length; i++)
                Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]), $"{what}, port {port}: frame {i} differs");
        }

        NodeAccounts one = singly.Node.ReadAccounts(), other = whole.Node.ReadAccounts();
        Assert.Equal((one.Received, one.Transmitted, one.Dropped), (other.Received, other.Transmitted, other.Dropped));
        Assert.Equal((one.Consumed, one.Generated), (other.Consumed, other.Generated));
        Assert.Equal(one.Drops, other.Drops);
        Assert.Equal(one.Ports, other.Ports);
        Assert.Equal(one.Vcpus.Select(vcpu => (vcpu.Frames, vcpu.Bytes)), other.Vcpus.Select(vcpu => (vcpu.Frames, vcpu.Bytes)));
    }
}

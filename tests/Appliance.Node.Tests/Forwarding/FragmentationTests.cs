using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>Fragmentation as the whole path does it: what leaves, in which order, and what is counted.</summary>
public sealed class FragmentationTests
{
    private static string Net(int mtu) => $$"""
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24], mtu: {{mtu}}}
          wan.7: {parent: wan, vlan: 7, addresses: [192.168.7.1/24], mtu: 576}

        """;

    [Theory]
    [InlineData(576)]
    [InlineData(577)]
    [InlineData(1280)]
    [InlineData(1499)]
    [InlineData(1500)]
    public void What_is_longer_than_the_mtu_leaves_in_fragments_that_go_together_again(int mtu)
    {
        using var box = new Box(Net(mtu));
        foreach (int over in (int[])[1, 2, 7, 8, 9, mtu - 21, mtu, 3 * mtu])
        {
            byte[] frame = Big(mtu + over);
            Seen seen = box.Send("lan", TestFrames.Padded(frame, frame.Length + 9));
            byte[][] left = seen.LeftBy("wan");
            Assert.Equal((1, left.Length - 1, 0, 0), (seen.Received, seen.Generated, seen.Dropped, seen.Consumed));
            Assert.Equal(1 + ((over + ((mtu - 20) / 8 * 8) - 1) / ((mtu - 20) / 8 * 8)), left.Length);
            Assert.All(left, fragment => Assert.InRange(fragment.Length, 35, 14 + mtu));
            Assert.All(left, fragment => Assert.Equal(
                ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.InventedFor("203.0.113.9"))[..14], fragment[..14]));
            Assert.All(left, fragment => Assert.Equal(63, fragment[22]));
            Assert.All(left, fragment => FrameChecks.ChecksumsAreRight(fragment));
            Assert.Equal(frame[34..], left.SelectMany(fragment => fragment[34..]).ToArray());
        }
    }

    [Theory]
    [InlineData(576)]
    [InlineData(1500)]
    [InlineData(9216)]
    public void What_fits_the_mtu_leaves_whole(int mtu)
    {
        using var box = new Box(Net(mtu));
        byte[] frame = Big(mtu);
        Assert.Equal(
            ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.InventedFor("203.0.113.9")), box.Send("lan", frame).Forwarded("wan"));
        Assert.Equal(2, box.Send("lan", Big(mtu + 1)).Left.Count);
    }

    [Fact]
    public void A_sub_port_has_an_mtu_of_its_own_and_tags_every_fragment()
    {
        using var box = new Box(Net(1500));
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, "192.168.7.9", TestTransport.Udp(1, 2, 1200));
        Seen seen = box.Send("lan", frame);
        Assert.Equal(3, seen.LeftBy("wan").Length);
        Assert.All(seen.LeftBy("wan"), fragment => Assert.Equal([0x81, 0, 0, 7, 8, 0, 0x45], fragment[12..19]));
        Assert.Equal(frame[34..], seen.LeftBy("wan").SelectMany(fragment => fragment[38..]).ToArray());
        Assert.Equal((3, 3), (seen.At("wan").FramesOut, seen.At("wan.7").FramesOut));
        Assert.Equal(seen.LeftBy("wan").Sum(fragment => fragment.Length), seen.At("wan.7").BytesOut);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_flow_keeps_its_order_whatever_of_it_is_cut(int vcpus)
    {
        using var box = new Box(Net(1500), vcpus);
        byte[][] frames = [.. Enumerable.Range(1, 500).Select(id => TestFrames.Ipv4(
            Boxes.LanHost, "203.0.113.9", TestTransport.Udp(1, 2, id % 3 == 0 ? 60_000 : id % 2 == 0 ? 3000 : 10),
                ip => ip with { Identification = (ushort)id }))];
        (ushort Id, int Offset)[] left = [.. box.Send("lan", frames).LeftBy("wan").Select(frame => (
            BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(18)), BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(20)) & 0x1fff))];
        Assert.Equal(left.Order(), left);
        Assert.Equal(Enumerable.Range(1, 500).Select(id => (ushort)id), left.Select(fragment => fragment.Id).Distinct());
    }

    [Fact]
    public void A_pool_without_enough_frames_drops_the_datagram_whole()
    {
        using var box = new Box(Net(576), edit: options => options with { PoolSize = new FramePoolSize(4, 2, 1) });
        box.Send("lan", Big(9000)).MustBeDropped("pool-empty");
        box.Send("lan", Big(9000)).MustBeDropped("pool-empty");         // and what it had taken is back
        Assert.Equal(3, box.Send("lan", Big(1500)).LeftBy("wan").Length);
    }

    [Theory]
    [InlineData(65_528, 800)]
    [InlineData(65_000, 700)]
    public void A_fragment_that_reaches_beyond_the_longest_datagram_is_not_cut(int offset, int length)
    {
        // Its later pieces would have offsets that no header can say (RFC 791 §3.1: 13 bits).
        using var box = new Box(Net(576));
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, "203.0.113.9", TestTransport.Raw(IpProtocol.Udp, new byte[length]), ip => ip with
        {
            FragmentOffsetBytes = offset,
        });
        box.Send("lan", frame).MustBeDropped("fragment");
        using var wide = new Box(Net(1500));
        wide.Send("lan", frame).Forwarded("wan");
    }

    [Fact]
    public void A_fragment_that_ends_where_the_longest_datagram_ends_is_cut()
    {
        using var box = new Box(Net(576));
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, "203.0.113.9", TestTransport.Raw(IpProtocol.Udp, new byte[715]), ip => ip with
        {
            FragmentOffsetBytes = 64_800,
        });
        Assert.Equal(2, box.Send("lan", frame).LeftBy("wan").Length);
    }

    private static byte[] Big(int datagram) => TestFrames.Ipv4(Boxes.LanHost, "203.0.113.9", TestTransport.Udp(1, 2, datagram - 28));
}

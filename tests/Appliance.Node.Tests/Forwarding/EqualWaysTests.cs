using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>Equal-cost ways: a flow keeps to one, many flows use all, and nothing else decides.</summary>
public sealed class EqualWaysTests
{
    private const int Flows = 10_000;

    private const string ThreeWays = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
        routes:
          - {to: 0.0.0.0/0, via: [203.0.113.11, 203.0.113.12, 203.0.113.13]}
          - {to: "::/0", via: ["2001:db8:2::11", "2001:db8:2::12", "2001:db8:2::13"]}

        """;

    [Theory]
    [InlineData("ports")]
    [InlineData("addresses")]
    [InlineData("v6")]
    public void Ten_thousand_flows_spread_over_three_ways_within_a_tenth(string varied)
    {
        using var box = new Box(ThreeWays);
        long[] shares = [.. WaysOf(box, FramesOf(varied)).CountBy(way => way).OrderBy(way => way.Key.Value).Select(way => (long)way.Value)];
        Assert.Equal(3, shares.Length);
        Assert.Equal(Flows, shares.Sum());
        Assert.All(shares, share => Assert.InRange(share, (Flows / 3) * 9 / 10, (Flows / 3) * 11 / 10));
    }

    [Fact]
    public void A_flow_takes_the_same_way_again_whatever_its_frames_are_like()
    {
        using var box = new Box(ThreeWays);
        for (ushort port = 1; port <= 100; port++)
        {
            MacAddress[] ways = WaysOf(box,
            [
                TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53)),
                TestFrames.Ipv4(
                    Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53, 1000), ip => ip with { TimeToLive = 3, Identification = 9 }),
                TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53), edit: null, 1, 1, 1, 0),
            ]);
            Assert.Single(ways.Distinct());
        }
    }

    [Fact]
    public void All_fragments_of_a_datagram_take_one_way()
    {
        using var box = new Box(ThreeWays);
        for (ushort port = 1; port <= 20; port++)
        {
            byte[][] left = box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53, 4000))).LeftBy("wan");
            Assert.Equal(3, left.Length);
            Assert.Single(left.Select(frame => MacAddress.Read(frame)).Distinct());
        }
    }

    [Theory]
    [InlineData("ports")]
    [InlineData("v6")]
    public void The_way_does_not_depend_on_the_number_of_vcpus(string varied)
    {
        byte[][] frames = [.. FramesOf(varied).Take(1000)];
        Dictionary<string, MacAddress> Ways(int vcpus)
        {
            using var box = new Box(ThreeWays, vcpus);
            return box.Send("lan", frames).LeftBy("wan").ToDictionary(
                frame => Convert.ToHexString(frame.AsSpan(14)), frame => MacAddress.Read(frame));
        }

        Dictionary<string, MacAddress> one = Ways(1);
        Assert.Equal(1000, one.Count);
        foreach (int vcpus in (int[])[2, 3, 4, 8])
            Assert.Equal(one, Ways(vcpus));
    }

    [Fact]
    public void Another_seed_is_another_secret_and_sends_flows_other_ways()
    {
        byte[][] frames = [.. FramesOf("ports").Take(300)];
        using var one = new Box(ThreeWays);
        using var other = new Box(ThreeWays, edit: options => options with { Seed = 2 });
        Assert.NotEqual(WaysOf(one, frames), WaysOf(other, frames));
    }

    private static MacAddress[] WaysOf(Box box, byte[][] frames)
    {
        byte[][] left = box.Send("lan", frames).LeftBy("wan");
        Assert.Equal(frames.Length, left.Length);
        return [.. left.Select(frame => MacAddress.Read(frame))];
    }

    private static byte[][] FramesOf(string varied)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Flows).Select(i => varied switch
        {
            "ports" => TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp((ushort)(1 + (i % 5000)), (ushort)(1 + (i / 5000)))),
            "addresses" => TestFrames.Ipv4(
                $"192.168.1.{2 + (i % 250)}", $"198.51.{100 + (i / 250)}.{1 + random.Next(250)}", TestTransport.Raw(0)),
            _ => TestFrames.Ipv6($"2001:db8:1::{2 + i:x}", Boxes.OutsideV6, TestTransport.Tcp(40_000, (ushort)random.Next(65536))),
        })];
    }
}

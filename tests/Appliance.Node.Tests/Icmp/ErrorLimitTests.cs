using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>At most 100 errors a second with bursts of 50, for each steering bucket, on the clock that the node is told.</summary>
public sealed class ErrorLimitTests
{
    private const long Second = 1_000_000_000;
    private const long Tick = Second / 100;

    private static byte[] Lost(ushort flow) => TestFrames.Ipv4(Boxes.LanHost, "100.64.0.1", TestTransport.Udp(flow, 9));

    private static byte[] LostV6(ushort flow) => TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:eeee::1", TestTransport.Udp(flow, 9));

    [Fact]
    public void Fifty_at_once_and_then_one_every_hundredth_of_a_second()
    {
        using var box = new Box(Boxes.Island);
        Seen burst = box.Send("lan", [.. Enumerable.Repeat(Lost(1), 60)]);
        Assert.Equal((60, 60, 50, 50), (burst.Dropped, burst.DroppedAs("no-route"), burst.Generated, burst.Left.Count));
        box.Send("lan", Lost(1)).MustBeDropped("no-route");
        box.Wait(Tick - 1).Send("lan", Lost(1)).MustBeDropped("no-route");
        box.Wait(1).Send("lan", Lost(1)).RefusedWith("no-route", "lan");
        box.Send("lan", Lost(1)).MustBeDropped("no-route");
        Assert.Equal(7, box.Wait(7 * Tick).Send("lan", [.. Enumerable.Repeat(Lost(1), 20)]).Generated);
    }

    [Fact]
    public void A_long_flood_is_answered_a_hundred_times_a_second()
    {
        using var box = new Box(Boxes.Island);
        long answered = 0;
        for (int millisecond = 0; millisecond < 10_000; millisecond++)
            answered += box.Wait(Second / 1000).Send("lan", Lost(1), Lost(1)).Generated;
        Assert.Equal(50 + (10 * 100) - 1, answered);                    // the first of them is due at once
    }

    [Fact]
    public void Silence_earns_no_more_than_a_burst()
    {
        using var box = new Box(Boxes.Island);
        box.Send("lan", Lost(1));
        Assert.Equal(50, box.Wait(3600 * Second).Send("lan", [.. Enumerable.Repeat(Lost(1), 64)]).Generated);
    }

    [Fact]
    public void One_flood_does_not_silence_the_others()
    {
        using var box = new Box(Boxes.Island);
        box.Send("lan", [.. Enumerable.Repeat(Lost(1), 64)]);
        Seen others = box.Send("lan", [.. Enumerable.Range(2, 40).Select(flow => Lost((ushort)flow))]);
        Assert.InRange(others.Generated, 35, 40);                       // whoever shares the bucket of 128 is silent too
        box.Send("lan", Lost(1)).MustBeDropped("no-route");
    }

    [Fact]
    public void The_limit_is_the_same_for_any_number_of_vcpus()
    {
        var random = new Random(11);
        byte[][][] bursts = [.. Enumerable.Range(0, 60).Select(_ => Enumerable.Range(0, 64).Select(i =>
            i % 5 == 0 ? LostV6((ushort)random.Next(3)) : Lost((ushort)random.Next(4))).ToArray())];

        string[][] Answers(int vcpus)
        {
            using var box = new Box(Boxes.Island, vcpus);
            return [.. bursts.Select(burst => box.Wait(Tick).Send("lan", burst).Left
                .Select(sent => Convert.ToHexString(sent.Frame)).Order(StringComparer.Ordinal).ToArray())];
        }

        string[][] one = Answers(1);
        Assert.InRange(one.Sum(burst => burst.Length), 7 * 50, 60 * 64 / 2);    // some were said, many were not
        Assert.Equal(one, Answers(2));
        Assert.Equal(one, Answers(4));
    }
}

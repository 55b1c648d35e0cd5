using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Steering;

/// <summary>Load that falls on one worker is spread, within two looks: 200 ms.</summary>
public sealed class RebalancingTests
{
    private const string Open = "vrss: {key: microsoft}\n";

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Skewed_load_is_even_after_two_looks(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Open, vcpus);
        byte[][] skewed = [.. Hitting(box, worker: 1, flows: 64)];
        double before = Skew(box, skewed);
        Assert.True(before > vcpus * 0.99, $"The load was to be skewed, and is {before:0.00}.");
        long start = box.Now.Nanoseconds;
        while (box.Now.Nanoseconds - start < 2 * 100_000_000)
        {
            box.Send("lan", skewed);
            box.Wait(2_000_000);
        }

        double after = Skew(box, skewed);
        Assert.True(after <= 1.25, $"After 200 ms the busiest has {after:0.00} times its share.");
    }

    [Fact]
    public void Load_that_one_flow_makes_stays_where_it_is()
    {
        using var box = new Box(Boxes.Edge + Open, vcpus: 4);
        byte[] one = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(7, 7));
        IndirectionTable before = box.Node.Steering.Table;
        for (int i = 0; i < 200; i++)
        {
            box.Send("lan", [.. Enumerable.Repeat(one, 64)]);
            box.Wait(2_000_000);
        }

        Assert.Equal(before.Owners, box.Node.Steering.Table.Owners);
    }

    [Fact]
    public void Without_rebalancing_the_table_stays()
    {
        using var box = new Box(Boxes.Edge + "vrss: {key: microsoft, rebalance: off}\n", vcpus: 2);
        byte[][] skewed = [.. Hitting(box, worker: 0, flows: 64)];
        IndirectionTable before = box.Node.Steering.Table;
        for (int i = 0; i < 200; i++)
        {
            box.Send("lan", skewed);
            box.Wait(2_000_000);
        }

        Assert.Equal(before.Owners, box.Node.Steering.Table.Owners);
    }

    [Fact]
    public void A_hundred_thousand_flows_spread_over_eight_workers()
    {
        using var box = new Box(Boxes.Edge + "vrss: {rebalance: off}\n", vcpus: 8);
        var random = new Random(20261121);
        var burst = new byte[64][];
        for (int flow = 0; flow < 100_000; flow += burst.Length)
        {
            for (int i = 0; i < burst.Length; i++)
            {
                string source = $"192.168.1.{random.Next(2, 255)}", destination = $"198.51.{random.Next(256)}.{random.Next(1, 255)}";
                burst[i] = TestFrames.Ipv4(source, destination, TestTransport.Udp((ushort)random.Next(1024, 65536), 443));
            }

            box.Send("lan", burst);
        }

        long[] frames = [.. box.Node.ReadAccounts().Vcpus.Select(vcpu => vcpu.Frames)];
        double skew = frames.Max() / frames.Average();
        Assert.True(skew <= 1.25, $"The busiest worker has {skew:0.000} times the mean: {string.Join(", ", frames)}");
    }

    /// <summary>Flows that one worker owns by the table in force, found by asking the box.</summary>
    private static IEnumerable<byte[]> Hitting(Box box, int worker, int flows)
    {
        for (ushort port = 1000; flows > 0; port++)
        {
            byte[] frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53));
            long before = box.Node.ReadAccounts().Vcpus[worker].Frames;
            box.Send("lan", frame);
            if (box.Node.ReadAccounts().Vcpus[worker].Frames == before) continue;
            flows--;
            yield return frame;
        }
    }

    /// <summary>The busiest worker's frames over the mean, for these frames under the table in force.</summary>
    private static double Skew(Box box, byte[][] frames)
    {
        long[] before = [.. box.Node.ReadAccounts().Vcpus.Select(vcpu => vcpu.Frames)];
        box.Send("lan", frames);
        long[] after = [.. box.Node.ReadAccounts().Vcpus.Select(vcpu => vcpu.Frames)];
        long[] taken = [.. after.Zip(before, (now, then) => now - then)];
        return taken.Max() / taken.Average();
    }
}

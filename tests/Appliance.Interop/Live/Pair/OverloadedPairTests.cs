using System.Globalization;
using Appliance.Interop.Load;
using Appliance.Interop.Vm;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>
/// A pair whose master is offered twice what it can forward: data waits, failover does not. The sync link is a device with a queue of its
/// own, as between two machines; cables of one machine have one for each processor, all devices together, and the load fills that of the
/// first.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class OverloadedPairTests(ITestOutputHelper output)
{
    /// <summary>Between adverts of a master, seconds; others take it for dead after three and a bit.</summary>
    private const double Interval = 1, LateBy = 0.5;

    private const double Overloading = 1.8;                             // of the best rate: what the sender must have reached
    private const int FrameBytes = 60, Flows = 16;

    private static readonly double s_seconds = TestSize.Of(person: 2, server: 6, soak: 60);

    [Fact]
    public void At_twice_its_best_no_advert_is_late_and_nobody_changes_its_role()
    {
        using var network = new PairNetwork();
        network.Lan.SetOffloads("eth0", isOn: false);                   // each datagram is a frame
        foreach (Host box in network.Boxes) LoadNetwork.Spread(box, "eth2", LoadNetwork.LastProcessor);
        string mac = network.Wan.Succeed("cat", "/sys/class/net/eth0/address").Trim();
        string neighbour = $"neighbors: [{{port: wan, address: 10.2.0.2, mac: \"{mac}\"}}]\n";      // who takes all frames answers nobody
        string detection = $"detect-milliseconds: {TestSize.Of(person: 200, server: 200, soak: 60)}";
        Background Run(int box) =>
            network.Run(box, edit: yaml => yaml.Replace(PairNetwork.Detection, detection, StringComparison.Ordinal) + neighbour);
        Background[] boxes = [Run(0), Run(1)];
        network.AwaitMaster(0);
        using var sink = new NumberedSink(network.Wan, "eth0");
        using var sender = new NumberedSender(network.Lan, "10.2.0.2", Flows, FrameBytes);
        double best = RateSearch.FindBest(sender, sink, s_seconds / 8);
        string before = network.Transitions();
        using var adverts = new MasterTimeline(network.Switch, "wan");
        double begin = MasterTimeline.Now;
        double seconds = sender.Send((int)(2 * best * s_seconds), 2 * best, sink.Expect);
        double end = MasterTimeline.Now, offered = 2 * s_seconds / seconds;
        Eventually.Is(() => adverts.Adverts.Any(advert => advert.Time >= end));
        double[] times = [.. adverts.Adverts.Select(advert => advert.Time).Where(time => time >= begin - Interval)];
        double longest = LongestBetween([begin, .. times.Where(time => time > begin), Math.Max(end, times.LastOrDefault())]);
        string found = string.Create(
            CultureInfo.InvariantCulture,
            $"best {best / 1000:F0}/ms, offered {offered:P0} for {seconds:F1} s; {times.Length} adverts, "
            + $"{longest:F3} s between two at most; lane late {Late(network, 0)} and {Late(network, 1)} us at most");
        output.WriteLine(found);
        TestContext.Current.SendDiagnosticMessage(found);
        string after = network.Transitions();
        Assert.True(before == after, $"{before}, then {after}: {found}\n{boxes[0]}\n{boxes[1]}");
        Assert.Equal(("MASTER", "BACKUP"), (network.StatesOf(0), network.StatesOf(1)));
        Assert.All(adverts.Adverts, advert => Assert.Equal(11, advert.Sender));
        Assert.True(longest <= Interval + LateBy, found);
        Assert.SkipUnless(offered >= Overloading, $"the sender had no processor for more: {found}");
    }

    private static double LongestBetween(double[] times) => times.Zip(times.Skip(1), (one, next) => next - one).Max();

    private static double Late(PairNetwork network, int box) =>
        network.See(box, "show/sync")[0].GetProperty("latenessMicroseconds").GetDouble();
}

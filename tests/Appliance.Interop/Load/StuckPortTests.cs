using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>Frames that a device does not take at once, and a worker that has nothing else to do.</summary>
[Collection(LoadCollection.Name)]
public sealed class StuckPortTests
{
    [Fact]
    public void What_a_slow_device_does_not_take_at_once_leaves_when_it_has_room()
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance(flows: 1, frameBytes: 1514);
        load.Network.Box.Succeed("tc", "qdisc", "add", "dev", "eth1", "root", "tbf", "rate", "20mbit", "burst", "4000", "limit", "20000");
        for (int burst = 0; burst < 5; burst++)
        {
            Passing passing = load.Pass(200, double.PositiveInfinity);  // fewer than may wait for a port
            TestContext.Current.SendDiagnosticMessage($"{passing}");
            Assert.True(passing.Missing == 0 && passing.Arrived.Late == 0, $"{passing}\n{load.Appliance}");
        }
    }

    [Fact]
    public void A_device_that_takes_next_to_nothing_of_what_waits_costs_less_than_a_hundredth_of_a_processor()
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance(flows: 1);
        load.Network.Box.Succeed("tc", "qdisc", "add", "dev", "eth1", "root", "tbf", "rate", "800bit", "burst", "1600", "limit", "1600");
        load.Sender.Send(200, double.PositiveInfinity, load.Sink.Expect);
        double best = double.MaxValue;
        for (int attempt = 0; attempt < 3 && best >= 0.01; attempt++)
        {
            var span = Stopwatch.StartNew();
            double before = load.WorkersRan;
            Thread.Sleep(3000);
            best = Math.Min(best, (load.WorkersRan - before) / span.Elapsed.TotalSeconds);
        }

        TestContext.Current.SendDiagnosticMessage($"stuck: {best:P2} of a processor; {load.Show("vcpus")}");
        Assert.True(best < 0.01, string.Create(CultureInfo.InvariantCulture, $"{best:P2} of a processor"));
        Assert.NotEqual(0, load.Show("vcpus")[0].GetProperty("framesHeld").GetInt64());
    }
}

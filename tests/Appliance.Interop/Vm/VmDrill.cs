using System.Globalization;
using Appliance.Interop.Load;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>
/// <c>make vm-drill</c>: everything that can happen to a machine of a pair. What it leaves (verdict, picture, logs of the serial lines, and
/// captures when it was not good) is in out/vm-drill.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class VmDrill(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public void Two_machines_fail_over_to_each_other()
    {
        using var pair = new VmPair(RepositoryFiles.PathTo("out", "vm-drill"), preempts: true, output.WriteLine);
        Assert.True(pair.Record(() => Run(pair)), "the verdict is in out/vm-drill/verdict.txt");
        Assert.True(pair.IsProven, "most gaps could not be judged, for others had the host's processors: out/vm-drill/verdict.txt");
    }

    private static void Run(VmPair pair)
    {
        pair.Begin();
        Unplanned(pair, "quit", () => pair.A.Tell("quit"), () => pair.Start(0));
        Unplanned(pair, "stop", () => pair.A.Tell("stop"), () => pair.A.Tell("cont"));
        Unplanned(pair, "system_reset", () => pair.A.Tell("system_reset"), () => { });
        Unplanned(
            pair,
            "set_link lan off",
            () => pair.A.Tell("set_link", """{"name": "lan", "up": false}"""),
            () => pair.A.Tell("set_link", """{"name": "lan", "up": true}"""));
        TurnClock(pair);
        VmPair.AwaitInSync(pair.B);
        pair.Settle("before the power-off", VmPair.OrderlyBar);
        pair.A.Tell("system_powerdown");
        pair.AwaitMaster(1);
        pair.Settle("orderly power-off", VmPair.OrderlyBar);
    }

    private static void TurnClock(VmPair pair)
    {
        pair.A.Serial.OpenShell(VmNetwork.Password);
        foreach (int seconds in (int[])[3600, -3600])
        {
            string change = seconds.ToString("+0;-0", CultureInfo.InvariantCulture);
            pair.A.Serial.Run($"date -s @$(($(date +%s){change}))");
            pair.Settle($"wall clock {change} s", VmPair.OrderlyBar, VmPair.QuietAnswers);
        }

        pair.A.Serial.Leave();
    }

    /// <summary>The master falls silent, the other takes over, and gives back when the first is there again.</summary>
    private static void Unplanned(VmPair pair, string name, Action happens, Action ends)
    {
        VmPair.AwaitInSync(pair.B);
        pair.Settle($"before {name}", VmPair.OrderlyBar);
        happens();
        pair.AwaitMaster(1);
        pair.Settle(name, VmPair.UnplannedBar);
        ends();
        pair.AwaitMaster(0);
        pair.Settle($"back after {name}", VmPair.OrderlyBar);
    }
}

using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>What <c>make vm-drill</c> does, as short as it gets: a master goes in order, and one at once.</summary>
public sealed class ShortVmDrillTests(ITestOutputHelper output)
{
    [Fact]
    public void A_machine_that_is_switched_off_and_one_that_is_gone_are_replaced_and_all_sessions_live()
    {
        Assert.SkipUnless(TestSize.HasVariations, "takes minutes: make vm-drill is the long form of it");
        using var pair = new VmPair(RepositoryFiles.PathTo("out", "vm-drill-short"), preempts: false, output.WriteLine);
        Assert.True(pair.Record(() => Run(pair)), "the verdict is in out/vm-drill-short/verdict.txt");
    }

    private static void Run(VmPair pair)
    {
        pair.Begin();
        pair.A.Tell("system_powerdown");
        pair.AwaitMaster(1);
        pair.Settle("orderly power-off", VmPair.OrderlyBar);
        Patience.Until(() => pair.A.HasEnded, () => $"it is not off:\n{pair.A.Serial.Said}");
        pair.Start(0);
        pair.A.Serial.Await("Number: ");
        pair.A.Serial.OpenShell(VmNetwork.Password);
        VmPair.AwaitInSync(pair.A);
        int master = pair.AwaitMaster();                                // B, unless its host kept it from being heard
        pair.Settle("A is back", VmPair.OrderlyBar);
        pair[master].Tell("quit");
        pair.AwaitMaster(1 - master);
        pair.Settle("quit", VmPair.UnplannedBar);
    }
}

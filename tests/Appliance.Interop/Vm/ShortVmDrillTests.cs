using Appliance.Interop.Load;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>What <c>make vm-drill</c> does, as short as it gets: a master goes in order, and one at once.</summary>
[Collection(LoadCollection.Name)]
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
        int first = pair.AwaitMaster();                                 // whichever was there first
        pair[first].Tell("system_powerdown");
        pair.AwaitMaster(1 - first);
        pair.Settle("orderly power-off", VmPair.OrderlyBar);
        Patience.Until(() => pair[first].HasEnded, () => $"it is not off:\n{pair[first].Serial.Said}");
        pair.Start(first);
        pair[first].Serial.Await("Number: ");
        pair[first].Serial.OpenShell(VmNetwork.Password);
        VmPair.AwaitInSync(pair[first]);
        int master = pair.AwaitMaster();                                // the other, unless its host kept it from being heard
        pair.Settle("both again", VmPair.OrderlyBar);
        pair[master].Tell("quit");
        pair.AwaitMaster(1 - master);
        pair.Settle("quit", VmPair.UnplannedBar);
    }
}

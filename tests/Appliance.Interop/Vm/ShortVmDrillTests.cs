using Appliance.Interop.Load;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>
/// What <c>make vm-drill</c> does, as short as it gets: a master gives its groups away in order, and another is gone at once.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class ShortVmDrillTests(ITestOutputHelper output)
{
    [Fact]
    public void A_machine_that_is_told_to_and_one_that_is_gone_are_replaced_and_all_sessions_live()
    {
        Assert.SkipUnless(TestSize.HasVariations, "takes minutes: make vm-drill is the long form of it");
        using var pair = new VmPair(RepositoryFiles.PathTo("out", "vm-drill-short"), preempts: false, output.WriteLine);
        Assert.True(pair.Record(() => Run(pair)), "the verdict is in out/vm-drill-short/verdict.txt");
    }

    private static void Run(VmPair pair)
    {
        pair.Begin();
        int first = pair.AwaitMaster();                                 // whichever was there first
        if (first == 0) pair.A.Serial.OpenShell(VmNetwork.Password);    // the other has one
        pair[first].Serial.Run("appliance carp failover");
        pair.AwaitMaster(1 - first);
        pair.Settle("orderly handover", VmPair.OrderlyBar);
        VmPair.AwaitInSync(pair[first]);
        pair.Settle("before quit", VmPair.UnplannedBar);
        pair[1 - first].Tell("quit");
        pair.AwaitMaster(first);
        pair.Settle("quit", VmPair.UnplannedBar);
    }
}

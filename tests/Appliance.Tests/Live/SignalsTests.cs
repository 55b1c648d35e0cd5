using Appliance.Running;
using Xunit;

namespace Appliance.Tests.Live;

/// <summary>Signals that come before there is an appliance, and behind that.</summary>
public sealed class SignalsTests
{
    [Fact]
    public async Task A_stop_before_there_is_an_appliance_is_not_lost()
    {
        using var signals = new Signals();
        signals.Stop();
        var notices = new TestNotices();
        using RunningAppliance appliance = NewAppliance(notices);
        signals.Attach(appliance);
        CancellationToken cancel = TestContext.Current.CancellationToken;
        try
        {
            await Task.Run(appliance.Run, cancel).WaitAsync(TimeSpan.FromMinutes(1), cancel);
        }
        finally
        {
            appliance.Stop();
        }
        Assert.Equal(["stopping"], notices.Told);
    }

    [Fact]
    public void A_reload_before_there_is_an_appliance_is_one_when_it_runs()
    {
        using var signals = new Signals();
        signals.Reload();
        using var rig = new LiveRig();
        signals.Attach(rig.Appliance);
        LiveRig.Until(() => rig.Notices.Told.Contains("reloading"), () => "nobody reloads");
        signals.Reload();
        LiveRig.Until(() => rig.Notices.Told.Count(told => told == "reloading") == 2, () => "nobody reloads again");
    }

    private static RunningAppliance NewAppliance(TestNotices notices) => new(
        LiveRig.ModelOf(LiveRig.Ports),
        new Surroundings
        {
            Ports = new TestDevices(new TestDevice("eth0", 1), new TestDevice("eth1", 2)),
            Notices = notices,
            Log = new OperatorLog(_ => { }, () => default),
            NewSleep = () => new TestSleep(),
            Secret = 1,
        });
}

using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

/// <summary>A worker whose box slept lets fall what it holds, whoever of its threads wakes first.</summary>
public sealed class WorkerStandingDownTests : IDisposable
{
    private readonly ActingLease _lease = new();
    private readonly WorkerRig _rig = WorkerRig.Single(1);

    public WorkerStandingDownTests() => _rig.Workers[0].Lease = _lease;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void As_long_as_the_lease_holds_all_goes_on()
    {
        _lease.Renew(WorkerRig.Now);
        Arrive(70);
        _rig.StepUntilIdle();
        Assert.Equal(70, _rig.Queue(0).Sent.Count);
    }

    [Fact]
    public void Behind_its_end_nothing_leaves_that_came_in()
    {
        _lease.Renew(new MonotonicTime(WorkerRig.Now.Nanoseconds - 1));
        Arrive(200);
        _rig.StepUntilIdle();
        Assert.Empty(_rig.Queue(0).Sent);
        Assert.Equal(200, _rig.Counters.Drops[(int)DropReason.Standby]);
        _rig.AssertBalanced();
    }

    [Fact]
    public void What_waited_for_a_port_does_not_leave_either()
    {
        _lease.Renew(WorkerRig.Now);
        _rig.Queue(0).TakesPerCall = 0;
        Arrive(50);
        _rig.StepUntilIdle();
        _lease.Renew(new MonotonicTime(WorkerRig.Now.Nanoseconds - 1));
        _rig.Queue(0).TakesPerCall = int.MaxValue;
        _rig.StepUntilIdle();
        Assert.Empty(_rig.Queue(0).Sent);
        Assert.Equal(50, _rig.Counters.Drops[(int)DropReason.Standby]);
        _rig.AssertBalanced();
    }

    /// <summary>Failover's thread woke first and has stood down: what the worker holds is as old as before.</summary>
    [Fact]
    public void When_failover_has_stood_down_already_one_breath_lets_all_fall_and_the_next_goes_on()
    {
        _lease.Renew(WorkerRig.Now);
        _rig.Queue(0).TakesPerCall = 0;
        Arrive(50);
        _rig.StepUntilIdle();
        _lease.Lapse();
        _lease.Renew(MonotonicTime.Never);
        _rig.Queue(0).TakesPerCall = int.MaxValue;
        _rig.StepUntilIdle();
        Assert.Empty(_rig.Queue(0).Sent);
        Arrive(10);
        _rig.StepUntilIdle();
        Assert.Equal(10, _rig.Queue(0).Sent.Count);
        _rig.AssertBalanced();
    }

    [Fact]
    public void What_another_worker_handed_over_before_is_given_up_too()
    {
        var path = new StageSequence([], [], [ScriptedStage.LeavingBy(0)]);
        using var rig = new WorkerRig(2, WorkerRig.FlatPorts(1), worker => worker == 0 ? ToTheOther() : path);
        var lease = new ActingLease();
        foreach (Worker worker in rig.Workers) worker.Lease = lease;
        lease.Renew(WorkerRig.Now);
        rig.Queue(0).Arrive(new byte[60]);
        rig.Workers[0].Step(WorkerRig.Now);
        lease.Lapse();
        rig.StepUntilIdle();
        Assert.Empty(rig.Queue(0, worker: 1).Sent);
        Assert.Equal(1, rig.Workers[1].Counters.Drops[(int)DropReason.Standby]);
        rig.AssertBalanced();
    }

    private static StageSequence ToTheOther() => new(
        [
            new ScriptedStage("steer", (FrameBatch batch, in StageContext _) =>
            {
                foreach (Frame frame in batch.Frames)
                {
                    frame.Info.Worker = 1;
                    batch.End(frame, Disposition.HandOff);
                }
            }),
        ],
        [],
        [ScriptedStage.LeavingBy(0)]);

    private void Arrive(int frames)
    {
        for (int i = 0; i < frames; i++) _rig.Queue(0).Arrive(new byte[60]);
    }
}

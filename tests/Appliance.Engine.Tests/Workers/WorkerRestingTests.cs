using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

/// <summary>Whoever gives a sleeping worker anything to do wakes it; a worker for which something waits does not sleep.</summary>
public sealed class WorkerRestingTests
{
    private sealed class Counted : IWakeup
    {
        public int Wakes { get; private set; }

        public void Wake() => Wakes++;
    }

    [Fact]
    public void Frames_handed_to_a_worker_that_sleeps_wake_it_once()
    {
        using WorkerRig rig = new(2, WorkerRig.FlatPorts(1), _ => Path());
        Counted sleeper = Asleep(rig.Workers[1]);
        for (int i = 0; i < 50; i++) rig.Queue(0, worker: 0).Arrive(TestFrames.With(new byte[60], 0, 1));
        rig.Workers[0].Step(WorkerRig.Now);
        Assert.Equal(1, sleeper.Wakes);
        rig.StepUntilIdle();
        Assert.Equal(50, rig.Queue(0, worker: 1).Sent.Count);
    }

    [Fact]
    public void A_worker_for_which_there_is_nothing_goes_on_sleeping()
    {
        using WorkerRig rig = new(2, WorkerRig.FlatPorts(1), _ => Path());
        Counted sleeper = Asleep(rig.Workers[1]);
        rig.Queue(0, worker: 0).Arrive(new byte[60]);
        rig.Workers[0].Step(WorkerRig.Now);
        rig.Workers[0].Step(WorkerRig.Now);
        Assert.Equal(0, sleeper.Wakes);
        Assert.True(rig.Workers[1].Doorbell.IsAsleep);
    }

    [Fact]
    public void Mail_wakes()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        Counted sleeper = Asleep(rig.Workers[0]);
        Assert.True(rig.Workers[0].TryPost(new Letter()));
        Assert.Equal(1, sleeper.Wakes);
    }

    [Fact]
    public void A_worker_that_has_made_a_frame_does_not_sleep_before_it_has_left()
    {
        using WorkerRig rig = new(1, WorkerRig.FlatPorts(1), _ => new StageSequence(
            [],
            [new ScriptedStage("answer", (FrameBatch batch, in StageContext context) =>
            {
                foreach (Frame frame in batch.Frames)
                {
                    Assert.True(context.Source.TryBegin(60, out Frame answer));
                    context.Source.Submit(answer);
                    batch.End(frame, Disposition.Consume);
                }
            })],
            [ScriptedStage.LeavingBy(0)]));
        Assert.True(rig.Workers[0].MayRest);
        rig.Queue(0).Arrive(new byte[60]);
        rig.Step();
        Assert.False(rig.Workers[0].MayRest);
        rig.StepUntilIdle();
        Assert.True(rig.Workers[0].MayRest);
        Assert.Single(rig.Queue(0).Sent);
    }

    [Fact]
    public void What_a_port_did_not_take_is_offered_again_soon()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        Assert.Equal(MonotonicTime.Never, rig.Workers[0].NextDeadline);
        rig.Queue(0).TakesPerCall = 0;
        rig.Queue(0).Arrive(new byte[60]);
        rig.Step();
        Assert.Equal(WorkerRig.Now + Egress.Retry, rig.Workers[0].NextDeadline);
        rig.Queue(0).TakesPerCall = 1;
        rig.Step();
        Assert.Equal(MonotonicTime.Never, rig.Workers[0].NextDeadline);
    }

    /// <summary>A device that is down may stay so for days, and a processor is not to be spent on looking.</summary>
    [Fact]
    public void A_port_that_stays_full_is_offered_what_waits_after_as_long_again_as_it_has_been_so_and_never_much_later()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        Worker worker = rig.Workers[0];
        rig.Queue(0).TakesPerCall = 0;
        rig.Queue(0).Arrive(new byte[60]);
        rig.Step();
        foreach (long stuck in new[] { 0, Egress.Retry, 3 * Egress.Retry, Egress.LongestRetry, 1_000_000_000 })
        {
            MonotonicTime now = WorkerRig.Now + stuck;
            worker.Step(now);
            Assert.Equal(now + Math.Clamp(stuck, Egress.Retry, Egress.LongestRetry), worker.NextDeadline);
        }

        rig.Queue(0).Arrive(new byte[60]);
        rig.Queue(0).TakesPerCall = 1;
        MonotonicTime later = WorkerRig.Now + 2_000_000_000;
        worker.Step(later);
        rig.Queue(0).TakesPerCall = 0;
        worker.Step(later);
        Assert.Equal(later + Egress.Retry, worker.NextDeadline);        // it has taken one: it is not as stuck as it was
    }

    private static Counted Asleep(Worker worker)
    {
        var wakeup = new Counted();
        worker.Doorbell.Connect(wakeup);
        worker.Doorbell.LieDown();
        return wakeup;
    }

    /// <summary>The first byte names the owner.</summary>
    private static StageSequence Path() => new(
        [new ScriptedStage("steer", (FrameBatch batch, in StageContext context) =>
        {
            foreach (Frame frame in batch.Frames)
            {
                if (frame.Bytes[0] == context.Worker) continue;
                frame.Info.Worker = frame.Bytes[0];
                batch.End(frame, Disposition.HandOff);
            }
        })],
        [],
        [ScriptedStage.LeavingBy(0)]);

    private sealed class Letter : IWorkerMail
    {
        public void Deliver(Worker worker)
        {
        }
    }
}

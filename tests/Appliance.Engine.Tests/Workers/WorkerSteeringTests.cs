using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

/// <summary>A worker's part in changes of the steering, where ports do not do as they are told.</summary>
public sealed class WorkerSteeringTests
{
    private static readonly SteeringRules Rules = new(
        new ToeplitzHash(RssKey.Microsoft), Symmetric: true, HashTypes.All, IndirectionTable.Even(16, 2));

    private static readonly IndirectionTable AllToZero = new([.. new ushort[16]]);

    [Fact]
    public void Behind_a_port_that_stands_still_a_bucket_waits_and_then_its_frames_are_given_up()
    {
        using WorkerRig rig = TwoWorkers();
        rig.Queue(0, worker: 1).TakesPerCall = 0;
        rig.Queue(0, worker: 1).Arrive(new byte[60]);
        rig.StepUntilIdle();
        var move = new BucketMove(1, Rules, AllToZero);
        Post(rig, move);
        rig.StepUntilIdle();                                            // idle: only time can help now
        Assert.False(move.IsDone);
        MonotonicTime now = WorkerRig.Now;
        while (!move.IsDone)
        {
            MonotonicTime deadline = rig.Workers[1].NextDeadline;
            now = deadline == MonotonicTime.Never ? now : deadline;
            foreach (Worker worker in rig.Workers) worker.Step(now);
        }

        Assert.InRange(now - WorkerRig.Now, 10_000_000, 11_000_000);
        foreach (Worker worker in rig.Workers) worker.Step(now);
        Assert.Equal(1, rig.Workers[1].Counters.Drops[(int)DropReason.QueueFull]);
        rig.AssertBalanced();
    }

    [Fact]
    public void A_worker_whose_thread_had_no_processor_blames_no_port()
    {
        using WorkerRig rig = TwoWorkers();
        rig.Queue(0, worker: 1).TakesPerCall = 1;
        for (int i = 0; i < 20; i++) rig.Queue(0, worker: 1).Arrive(new byte[60]);
        var move = new BucketMove(1, Rules, AllToZero);
        Post(rig, move);
        MonotonicTime now = WorkerRig.Now;
        for (int breaths = 0; !move.IsDone; breaths++, now += 1_000_000_000)
        {
            Assert.True(breaths < 100);
            rig.Queue(0, worker: 1).TakesPerCall = breaths % 4 == 0 ? 1 : 0;
            foreach (Worker worker in rig.Workers) worker.Step(now);
        }

        rig.StepUntilIdle();
        Assert.Equal(20, rig.Queue(0, worker: 1).Sent.Count);
        rig.AssertBalanced();
    }

    [Fact]
    public void A_port_that_goes_on_in_time_loses_nothing()
    {
        using WorkerRig rig = TwoWorkers();
        rig.Queue(0, worker: 1).TakesPerCall = 0;
        rig.Queue(0, worker: 1).Arrive(new byte[60]);
        rig.StepUntilIdle();
        var swap = new SteeringSwap(1, Rules with { Symmetric = false }, workers: 2);
        Post(rig, swap);
        rig.StepUntilIdle();
        Assert.False(swap.IsDone);
        rig.Queue(0, worker: 0).Arrive(new byte[60]);
        rig.Step();
        Assert.Empty(rig.Queue(0, worker: 0).Sent);                     // stopped: the frame stays in its port

        rig.Queue(0, worker: 1).TakesPerCall = int.MaxValue;
        rig.StepUntilIdle();
        Assert.True(swap.IsDone);
        Assert.Single(rig.Queue(0, worker: 0).Sent);
        Assert.Single(rig.Queue(0, worker: 1).Sent);
        rig.AssertBalanced();
    }

    [Fact]
    public void What_was_made_of_a_bucket_is_sent_before_the_bucket_goes()
    {
        // The port takes a few frames a breath: when the answers reach its queue, there are others before them.
        ScriptedStage answering = new("answering", (FrameBatch batch, in StageContext context) =>
        {
            foreach (Frame frame in batch.Frames)
            {
                if (frame.Bytes[0] != 7 || !context.Source.TryBegin(60, out Frame answer)) continue;
                answer.Bytes.Clear();
                answer.Bytes[0] = 107;
                context.Source.Submit(answer);
                batch.End(frame, Disposition.Consume);
            }
        });
        using WorkerRig rig = new(2, WorkerRig.FlatPorts(1), _ => new StageSequence([], [answering], [ScriptedStage.LeavingBy(0)]));
        ScriptedPortQueue port = rig.Queue(0, worker: 1);
        port.TakesPerCall = 4;
        var move = new BucketMove(1, Rules, AllToZero);
        Post(rig, move);
        for (int i = 0; i < 40; i++) port.Arrive([(byte)(i % 2 == 0 ? 7 : 9), .. new byte[59]]);
        while (!move.IsDone) rig.Step();
        Assert.Equal(20, port.Sent.Count(bytes => bytes[0] == 107));
        rig.StepUntilIdle();
        rig.AssertBalanced();
    }

    [Fact]
    public void More_frames_than_may_wait_for_their_bucket_are_dropped_as_queue_full()
    {
        using WorkerRig rig = TwoWorkers();
        var move = new BucketMove(1, Rules, AllToZero);
        rig.Workers[0].TryPost(move);                                   // the other has not heard of it
        for (int i = 0; i < 1024 + 10; i++)
        {
            Frame frame = rig.Queue(0).Arrive(new byte[60]);
            frame.Info.Bucket = 1;
        }

        for (int breaths = 0; breaths < 40; breaths++) rig.Workers[0].Step(WorkerRig.Now);
        Assert.Equal(10, rig.Counters.Drops[(int)DropReason.QueueFull]);
        Assert.Equal(1024, rig.Workers[0].FramesHeld);
        rig.AssertSettled();
        rig.Workers[1].TryPost(move);
        rig.StepUntilIdle();
        Assert.Equal(1024, rig.Queue(0).Sent.Count);
        rig.AssertBalanced();
    }

    [Fact]
    public void A_move_names_the_buckets_that_change_their_owner_and_must_keep_their_number()
    {
        var move = new BucketMove(1, Rules, AllToZero);
        Assert.Equal([.. Enumerable.Range(0, 8).Select(i => new BucketTransfer((ushort)((2 * i) + 1), 1, 0))], move.Transfers);
        Assert.True(new BucketMove(1, Rules, Rules.Table).IsDone);
        Assert.Throws<ArgumentException>(() => new BucketMove(1, Rules, IndirectionTable.Even(32, 2)));
    }

    private static WorkerRig TwoWorkers() =>
        new(2, WorkerRig.FlatPorts(1), _ => new StageSequence([], [], [ScriptedStage.LeavingBy(0)]), new FramePoolSize(2048, 0, 0), 2048);

    private static void Post(WorkerRig rig, IWorkerMail mail)
    {
        foreach (Worker worker in rig.Workers) Assert.True(worker.TryPost(mail));
    }
}

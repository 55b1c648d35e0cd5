using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

public sealed class WorkerHandOffTests
{
    [Fact]
    public void A_frame_goes_to_its_owner_who_judges_it_and_then_home_to_its_pool()
    {
        ScriptedStage[] judging = [ScriptedStage.Passing("worker 0"), ScriptedStage.Passing("worker 1")];
        using WorkerRig rig = new(2, WorkerRig.FlatPorts(1), id => Path(id, judging[id]));
        rig.Queue(0, worker: 0).Arrive(For(owner: 1));
        rig.StepUntilIdle();

        Assert.Equal((0, 1), (judging[0].Frames, judging[1].Frames));
        Assert.Empty(rig.Queue(0, worker: 0).Sent);
        Assert.Single(rig.Queue(0, worker: 1).Sent);
        WorkerCounters received = rig.Workers[0].Counters, owner = rig.Workers[1].Counters;
        Assert.Equal((1L, 0L, 0L, 1L), (received.Received, received.OwnedFrames, received.OwnedBytes, received.HandedOff));
        Assert.Equal((0L, 1L, 60L, 1L), (owner.Received, owner.OwnedFrames, owner.OwnedBytes, owner.Transmitted));
        Assert.Equal((1L, 1L), (rig.Workers[0].Pool.Rented, rig.Workers[0].Pool.Returned));
        Assert.Equal(0, rig.Workers[1].Pool.Rented);
        rig.AssertBalanced();
    }

    [Fact]
    public void A_frame_dropped_or_consumed_by_its_owner_goes_home_too()
    {
        ScriptedStage judging = ScriptedStage.Judging("end", frame => frame.Bytes[1] == 0 ? Disposition.Drop : Disposition.Consume);
        using WorkerRig rig = new(2, WorkerRig.FlatPorts(1), id => Path(id, judging));
        rig.Queue(0, worker: 0).Arrive(For(owner: 1, number: 0));
        rig.Queue(0, worker: 0).Arrive(For(owner: 1, number: 1));
        rig.StepUntilIdle();
        Assert.Equal((1L, 1L), (rig.Workers[1].Counters.Dropped, rig.Workers[1].Counters.Consumed));
        rig.AssertBalanced();
    }

    [Fact]
    public void The_frames_of_a_flow_keep_their_order_whoever_received_them()
    {
        using WorkerRig rig = new(3, WorkerRig.FlatPorts(1), id => Path(id));
        for (int i = 0; i < 200; i++)
            rig.Queue(0, worker: 0).Arrive(For(owner: i % 3, number: i));
        rig.StepUntilIdle();
        for (int owner = 0; owner < 3; owner++)
        {
            int[] numbers = [.. rig.Queue(0, owner).Sent.Select(bytes => (int)bytes[1])];
            Assert.Equal(Enumerable.Range(0, 200).Where(i => i % 3 == owner), numbers);
        }

        rig.AssertBalanced();
    }

    [Fact]
    public void A_full_ring_drops_as_queue_full_at_the_worker_that_received_and_counts_as_judged_there()
    {
        const int Waiting = HandOffMesh.ForwardCapacity;
        using WorkerRig rig = new(2, WorkerRig.FlatPorts(1), id => Path(id), new FramePoolSize(2048, 0, 0));
        for (int i = 0; i < Waiting + 100; i++)
            rig.Queue(0, worker: 0).Arrive(For(owner: 1));
        while (rig.Workers[0].Step(WorkerRig.Now) > 0)
            rig.AssertSettled();

        WorkerCounters received = rig.Workers[0].Counters;
        Assert.Equal((100L, 100L, (long)Waiting), (received.Drops[(int)DropReason.QueueFull], received.OwnedFrames, received.HandedOff));
        rig.StepUntilIdle();
        Assert.Equal(Waiting, rig.Workers[1].Counters.Transmitted);
        rig.AssertBalanced();
    }

    /// <summary>An owner may find that another worker has the flow's state: it hands the frame over like a dispatcher does.</summary>
    [Fact]
    public void A_frame_handed_over_by_a_judging_stage_gets_there_in_the_same_breath()
    {
        var judging = new ScriptedStage("alias", (FrameBatch batch, in StageContext context) =>
        {
            foreach (Frame frame in batch.Frames)
            {
                if (context.Worker == 1) continue;
                frame.Info.Worker = 1;
                batch.End(frame, Disposition.HandOff);
            }
        });
        using WorkerRig rig = new(2, WorkerRig.FlatPorts(1), id => new StageSequence([], [judging], [ScriptedStage.LeavingBy(0)]));
        for (int i = 0; i < 40; i++)
            rig.Queue(0, worker: 0).Arrive(For(owner: 0, number: i));
        rig.StepUntilIdle();
        Assert.Equal(Enumerable.Range(0, 40), rig.Queue(0, worker: 1).Sent.Select(bytes => (int)bytes[1]));
        Assert.Equal((0L, 40L), (rig.Workers[0].Counters.OwnedFrames, rig.Workers[1].Counters.OwnedFrames));
        rig.AssertBalanced();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Whatever_is_done_to_many_frames_every_pool_is_whole_at_rest_and_the_accounts_balance(int workers)
    {
        var random = new Random(workers);
        using WorkerRig rig = new(workers, WorkerRig.FlatPorts(2), id => Path(id, Deciding()));
        int frames = 0;
        for (int burst = 0; burst < 200; burst++)
        {
            Array.ForEach([.. rig.Workers], worker => rig.Queue(0, worker.Id).TakesPerCall = random.Next(40));
            for (int i = random.Next(50 * workers); i > 0; i--, frames++)
                rig.Queue(random.Next(2), random.Next(workers)).Arrive(For(random.Next(workers), random.Next(256)));
            for (int breath = random.Next(4); breath > 0; breath--)
                rig.Step();
        }

        Array.ForEach([.. rig.Workers], worker => rig.Queue(0, worker.Id).TakesPerCall = int.MaxValue);
        rig.StepUntilIdle();
        rig.AssertBalanced();
        Assert.Equal(frames, rig.Workers.Sum(worker => worker.Counters.Received));
        Assert.All(rig.Workers, worker => Assert.True(worker.Counters is { Consumed: > 0, Dropped: > 0, Generated: > 0 }));
    }

    /// <summary>By the second byte: drops, consumes, answers or passes.</summary>
    private static ScriptedStage Deciding() => new("deciding", (FrameBatch batch, in StageContext context) =>
    {
        foreach (Frame frame in batch.Frames)
        {
            if (frame.Bytes[1] < 40) batch.Drop(frame, DropReason.Block);
            else if (frame.Bytes[1] < 80) batch.End(frame, Disposition.Consume);
            if (frame.Bytes[1] is < 20 or >= 200 && context.Source.TryBegin(90, out Frame answer)) context.Source.Submit(answer);
        }
    });

    /// <summary>The first byte names the owner, as the steering hash does in earnest.</summary>
    private static StageSequence Path(int id, params IStage[] judging)
    {
        var steer = new ScriptedStage("steer", (FrameBatch batch, in StageContext _) =>
        {
            foreach (Frame frame in batch.Frames)
            {
                frame.Info.Worker = frame.Bytes[0];
                if (frame.Info.Worker != id) batch.End(frame, Disposition.HandOff);
            }
        });
        return new StageSequence([steer], [.. judging], [ScriptedStage.LeavingBy(0)]);
    }

    private static byte[] For(int owner, int number = 0) => [(byte)owner, (byte)number, .. new byte[58]];
}

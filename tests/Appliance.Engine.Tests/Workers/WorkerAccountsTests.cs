using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

public sealed class WorkerAccountsTests
{
    [Fact]
    public void What_is_received_is_counted_at_its_port_and_what_leaves_at_the_port_it_leaves_by()
    {
        using WorkerRig rig = new(1, WorkerRig.FlatPorts(2), _ => new StageSequence([], [], [ScriptedStage.LeavingBy(1)]));
        rig.Queue(0).Arrive(new byte[60]);
        rig.Queue(0).Arrive(new byte[100]);
        rig.Queue(1).Arrive(new byte[1000]);
        rig.StepUntilIdle();

        Assert.Equal(new PortCounters { FramesIn = 2, BytesIn = 160 }, rig.Counters.Ports[0]);
        Assert.Equal(new PortCounters { FramesIn = 1, BytesIn = 1000, FramesOut = 3, BytesOut = 1160 }, rig.Counters.Ports[1]);
        Assert.Equal((3L, 3L), (rig.Counters.Received, rig.Counters.Transmitted));
        Assert.Equal((3L, 1160L), (rig.Counters.OwnedFrames, rig.Counters.OwnedBytes));
        rig.AssertBalanced();
    }

    [Fact]
    public void A_frame_dropped_is_counted_by_its_reason_and_at_the_port_it_came_in_by()
    {
        using WorkerRig rig = WorkerRig.Single(2, Dropping(DropReason.NoRoute));
        rig.Queue(1).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Equal((1L, 1L), (rig.Counters.Drops[(int)DropReason.NoRoute], rig.Counters.Dropped));
        Assert.Equal((0L, 1L), (rig.Counters.Ports[0].FramesDropped, rig.Counters.Ports[1].FramesDropped));
        rig.AssertBalanced();
    }

    [Fact]
    public void A_frame_that_the_port_had_to_give_up_is_received_and_dropped_and_no_stage_sees_it()
    {
        var stage = ScriptedStage.Passing("any");
        using WorkerRig rig = WorkerRig.Single(1, stage);
        rig.Queue(0).Arrive(new byte[60], DropReason.CapturedShort);
        rig.Queue(0).Arrive(new byte[60]);
        rig.Queue(0).Arrive([], DropReason.LinkType);
        rig.StepUntilIdle();
        Assert.Equal(1, stage.Frames);
        Assert.Equal((3L, 1L), (rig.Counters.Received, rig.Counters.Transmitted));
        Assert.Equal((1L, 1L), (rig.Counters.Drops[(int)DropReason.CapturedShort], rig.Counters.Drops[(int)DropReason.LinkType]));
        rig.AssertBalanced();
    }

    [Fact]
    public void A_consumed_frame_ends_without_leaving()
    {
        using WorkerRig rig = WorkerRig.Single(1, ScriptedStage.Judging("local", _ => Disposition.Consume));
        rig.Queue(0).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Equal((1L, 0L, 0L), (rig.Counters.Consumed, rig.Counters.Transmitted, rig.Counters.Dropped));
        Assert.Empty(rig.Queue(0).Sent);
        rig.AssertBalanced();
    }

    [Fact]
    public void A_train_counts_as_its_frames()
    {
        using WorkerRig rig = WorkerRig.Single(1, ScriptedStage.Judging("local", frame =>
        {
            frame.Info.TrainFrames = 5;
            return frame.Bytes[0] == 0 ? Disposition.Consume : Disposition.Drop;
        }));
        rig.Queue(0).Arrive(new byte[60]);
        rig.Queue(0).Arrive([1, .. new byte[59]]);
        rig.StepUntilIdle();
        Assert.Equal((5L, 5L), (rig.Counters.Consumed, rig.Counters.Dropped));
        Assert.Equal(5, rig.Counters.Ports[0].FramesDropped);
        Assert.Equal(0, rig.Workers[0].Pool.InFlight);
    }

    [Fact]
    public void A_frame_counts_at_the_physical_port_and_again_at_each_sub_port()
    {
        PortTable ports = new(
        [
            new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = default },
            new PortFacts { Index = 1, Name = "lan.5", Physical = 0, Mac = default, Parent = 0, VlanId = 5 },
            new PortFacts { Index = 2, Name = "lan.5.7", Physical = 0, Mac = default, Parent = 1, VlanId = 7 },
        ]);
        var untag = new ScriptedStage("untag", (FrameBatch batch, in StageContext _) =>
        {
            foreach (Frame frame in batch.Frames)
            {
                frame.Info.IngressPort = 2;
                if (frame.Bytes[0] == 1) batch.Drop(frame, DropReason.NoRoute);
            }
        });
        using WorkerRig rig = new(1, ports, _ => new StageSequence([untag], [], [ScriptedStage.LeavingBy(2)]));
        rig.Queue(0).Arrive(new byte[68]);
        rig.Queue(0).Arrive([1, .. new byte[67]]);
        rig.StepUntilIdle();

        Assert.All(rig.Counters.Ports.ToArray(), port => Assert.Equal((1L, 68L, 1L), (port.FramesOut, port.BytesOut, port.FramesDropped)));
        Assert.Equal(2, rig.Counters.Ports[0].FramesIn);                // the sub-ports' share is counted by whoever finds the tags
        rig.AssertBalanced();
    }

    [Fact]
    public void A_batch_holds_no_more_than_its_frames_and_the_rest_waits_for_the_next_breath()
    {
        var stage = ScriptedStage.Passing("any");
        using WorkerRig rig = WorkerRig.Single(1, stage);
        for (int i = 0; i < 150; i++)
            rig.Queue(0).Arrive([(byte)i, .. new byte[59]]);
        rig.StepUntilIdle();
        Assert.Equal((150, 3, 3L), (stage.Frames, stage.Batches, rig.Counters.Batches));
        Assert.Equal(Enumerable.Range(0, 150), rig.Queue(0).Sent.Select(bytes => (int)bytes[0]));
        rig.AssertBalanced();
    }

    [Fact]
    public void An_idle_breath_does_nothing_and_says_so()
    {
        var stage = ScriptedStage.Passing("any");
        using WorkerRig rig = WorkerRig.Single(2, stage);
        Assert.Equal(0, rig.Step());
        Assert.Equal((0, 0), (stage.Batches, rig.Queue(0).Kicks));
        Assert.Equal(MonotonicTime.Never, rig.Workers[0].NextDeadline);
    }

    private static ScriptedStage Dropping(DropReason reason) => new("dropping", (FrameBatch batch, in StageContext _) =>
    {
        foreach (Frame frame in batch.Frames)
            batch.Drop(frame, reason);
    });
}

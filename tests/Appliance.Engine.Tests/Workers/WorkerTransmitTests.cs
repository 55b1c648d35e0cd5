using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

public sealed class WorkerTransmitTests
{
    [Fact]
    public void What_a_port_does_not_take_waits_and_leaves_later_in_order()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        ArriveNumbered(rig, 0, 40);
        rig.Queue(0).TakesPerCall = 7;
        rig.Step();
        Assert.Equal((7, 33), (rig.Queue(0).Sent.Count, rig.Workers[0].FramesHeld));
        Assert.Equal((7L, 7L), (rig.Counters.Transmitted, rig.Counters.Ports[0].FramesOut));
        ArriveNumbered(rig, 0, 40);
        rig.StepUntilIdle();
        Assert.Equal([.. Enumerable.Range(0, 40), .. Enumerable.Range(0, 40)], rig.Queue(0).Sent.Select(bytes => (int)bytes[0]));
        Assert.Equal((80L, 80L * 60), (rig.Counters.Ports[0].FramesOut, rig.Counters.Ports[0].BytesOut));
        rig.AssertBalanced();
    }

    [Fact]
    public void A_port_that_takes_nothing_fills_up_and_then_frames_are_dropped_as_queue_full()
    {
        using WorkerRig rig = WorkerRig.Single(2);
        rig.Queue(0).TakesPerCall = 0;
        ArriveNumbered(rig, 1, 300);
        rig.StepUntilIdle();
        Assert.Equal(300 - 256, rig.Counters.Drops[(int)DropReason.QueueFull]);
        Assert.Equal((256, 256L), (rig.Workers[0].FramesHeld, rig.Workers[0].Pool.InFlight));
        Assert.Equal(300 - 256, rig.Counters.Ports[1].FramesDropped);

        rig.Queue(0).TakesPerCall = int.MaxValue;
        rig.StepUntilIdle();
        Assert.Equal(Enumerable.Range(0, 256), rig.Queue(0).Sent.Select(bytes => (int)bytes[0]));
        rig.AssertBalanced();
    }

    [Fact]
    public void The_doorbell_rings_once_a_breath_and_only_when_something_was_sent()
    {
        using WorkerRig rig = WorkerRig.Single(2);
        ArriveNumbered(rig, 0, 100);
        rig.Step();
        Assert.Equal((1, 0), (rig.Queue(0).Kicks, rig.Queue(1).Kicks));
        rig.Step();
        rig.Step();
        rig.Step();
        Assert.Equal((2, 0), (rig.Queue(0).Kicks, rig.Queue(1).Kicks));
    }

    /// <summary>A port that fell behind takes frames while the stages run; its ring full, it takes none when the breath ends.</summary>
    [Fact]
    public void A_port_that_sends_only_when_kicked_is_kicked_for_what_it_took_in_the_middle_of_a_breath()
    {
        var path = new StageSequence([], [], [ScriptedStage.LeavingBy(0)]);
        using WorkerRig rig = new(1, WorkerRig.FlatPorts(1), _ => path, ringCapacity: 64);
        ScriptedPortQueue queue = rig.Queue(0);
        (queue.SendsWhenKicked, queue.TakesPerCall) = (true, 0);
        ArriveNumbered(rig, 0, 256);
        rig.StepUntilIdle();
        Assert.Equal(256, rig.Workers[0].FramesHeld);

        queue.TakesPerCall = int.MaxValue;
        ArriveNumbered(rig, 0, 64);
        rig.StepUntilIdle();
        Assert.Equal((320L, 0L), (rig.Counters.Transmitted, rig.Counters.Dropped));
        rig.AssertBalanced();
    }

    [Fact]
    public void A_port_without_a_queue_of_this_worker_drops_as_queue_full()
    {
        using var pool = new FramePool(0, new FramePoolSize(8, 0, 0));
        using var mesh = new HandOffMesh(1, new FramePoolSize(8, 0, 0));
        var worker = new Worker(0, WorkerRig.FlatPorts(2), pool, new StageSequence([], [], [ScriptedStage.LeavingBy(1)]), mesh);
        var queue = new ScriptedPortQueue(new PortId(0), pool);
        worker.Attach(new PortId(0), queue);
        queue.Arrive(new byte[60]);
        worker.Step(WorkerRig.Now);
        Assert.Equal((1L, 0L), (worker.Counters.Drops[(int)DropReason.QueueFull], pool.InFlight));
    }

    [Fact]
    public void A_chain_leaves_whole_and_in_order_and_counts_frame_by_frame()
    {
        using WorkerRig rig = WorkerRig.Single(1, Fragmenting(4));
        rig.Queue(0).Arrive([10, .. new byte[59]]);
        rig.Queue(0).Arrive([20, .. new byte[59]]);
        rig.StepUntilIdle();
        Assert.Equal([10, 11, 12, 13, 20, 21, 22, 23], rig.Queue(0).Sent.Select(bytes => (int)bytes[0]));
        Assert.Equal((8L, 6L), (rig.Counters.Transmitted, rig.Counters.Generated));
        Assert.Equal((8L, 480L), (rig.Counters.Ports[0].FramesOut, rig.Counters.Ports[0].BytesOut));
        rig.AssertBalanced();
    }

    [Fact]
    public void A_chain_that_finds_no_room_is_dropped_frame_by_frame()
    {
        using WorkerRig rig = WorkerRig.Single(1, Fragmenting(200));
        rig.Queue(0).TakesPerCall = 0;
        rig.Queue(0).Arrive(new byte[60]);
        rig.Queue(0).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Equal(400 - 256, rig.Counters.Drops[(int)DropReason.QueueFull]);
        rig.Queue(0).TakesPerCall = int.MaxValue;
        rig.StepUntilIdle();
        Assert.Equal(256, rig.Counters.Transmitted);
        rig.AssertBalanced();
    }

    [Fact]
    public void A_chain_consumed_or_dropped_goes_home_whole()
    {
        using WorkerRig rig = WorkerRig.Single(1, Fragmenting(3), ScriptedStage.Judging("end", _ => Disposition.Consume));
        rig.Queue(0).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Equal(0, rig.Workers[0].Pool.InFlight);
    }

    private static void ArriveNumbered(WorkerRig rig, int port, int frames)
    {
        for (int i = 0; i < frames; i++)
            rig.Queue(port).Arrive([(byte)i, .. new byte[59]]);
    }

    /// <summary>Chains frames of its own behind each: one datagram in so many fragments, the first byte counting up.</summary>
    private static ScriptedStage Fragmenting(int fragments) => new("fragmenting", (FrameBatch batch, in StageContext context) =>
    {
        foreach (Frame first in batch.Frames)
        {
            Frame last = first;
            for (int i = 1; i < fragments && context.Pool.TryRent(first.Length, out Frame fragment); i++)
            {
                first.Bytes.CopyTo(fragment.Bytes);
                fragment.Bytes[0] += (byte)i;
                (fragment.Info.IngressPort, fragment.Info.EgressPort) = (first.Info.IngressPort, first.Info.EgressPort);
                last.Info.Next = fragment;
                last = fragment;
                context.Counters.Generated++;
            }
        }
    });
}

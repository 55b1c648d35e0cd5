using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

/// <summary>Ports come and go between two breaths; the others notice nothing.</summary>
public sealed class WorkerPortsTests
{
    [Fact]
    public void What_waits_for_a_port_that_goes_is_dropped_and_what_waits_for_others_leaves()
    {
        using WorkerRig rig = new(1, WorkerRig.FlatPorts(2), _ => new StageSequence([], [], [new ScriptedStage("turn",
            (FrameBatch batch, in StageContext _) =>
            {
                foreach (Frame frame in batch.Frames)
                {
                    frame.Info.EgressPort = frame.Bytes[0];
                    batch.End(frame, Disposition.Transmit);
                }
            })]));
        (rig.Queue(0).TakesPerCall, rig.Queue(1).TakesPerCall) = (0, 0);
        for (int i = 0; i < 100; i++) rig.Queue(0).Arrive(TestFrames.With(new byte[60], 0, (byte)(i % 2)));
        rig.StepUntilIdle();
        rig.Workers[0].Detach(new PortId(0));
        rig.Queue(1).TakesPerCall = int.MaxValue;
        rig.StepUntilIdle();
        Assert.Empty(rig.Queue(0).Sent);
        Assert.Equal(50, rig.Queue(1).Sent.Count);
        Assert.Equal(50, rig.Counters.Drops[(int)DropReason.PortDown]);
        rig.AssertBalanced();
    }

    [Fact]
    public void Frames_for_a_port_that_is_gone_are_dropped_and_leave_again_when_it_is_back()
    {
        using WorkerRig rig = WorkerRig.Single(2);
        Worker worker = rig.Workers[0];
        worker.Detach(new PortId(0));
        worker.Detach(new PortId(0));
        rig.Queue(1).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Equal(1, rig.Counters.Drops[(int)DropReason.PortDown]);
        var returned = new ScriptedPortQueue(new PortId(0), worker.Pool);
        worker.Attach(new PortId(0), returned);
        rig.Queue(1).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Single(returned.Sent);
        rig.AssertBalanced();
    }

    [Fact]
    public void Frames_that_a_departing_port_has_sent_come_home()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        rig.Queue(0).SendsWhenKicked = true;
        rig.Queue(0).Arrive(new byte[60]);
        rig.Step();
        rig.Workers[0].Detach(new PortId(0));
        rig.AssertBalanced();
    }

    [Fact]
    public void A_port_has_one_queue_at_a_time()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        Assert.Throws<InvalidOperationException>(
            () => rig.Workers[0].Attach(new PortId(0), new ScriptedPortQueue(new PortId(0), rig.Workers[0].Pool)));
    }

    [Fact]
    public void A_worker_that_knows_more_ports_keeps_what_it_counted_and_takes_a_queue_of_the_new_one()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        rig.Queue(0).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Worker worker = rig.Workers[0];
        worker.Adopt(WorkerRig.FlatPorts(3));
        var added = new ScriptedPortQueue(new PortId(2), worker.Pool);
        worker.Attach(new PortId(2), added);
        added.Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Equal([1, 0, 1], rig.Counters.Ports.ToArray().Select(port => port.FramesIn));
        Assert.Equal(2, rig.Queue(0).Sent.Count);
    }

    [Fact]
    public void A_worker_that_stops_receiving_still_sends()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        rig.Queue(0).TakesPerCall = 0;
        rig.Queue(0).Arrive(new byte[60]);
        rig.StepUntilIdle();
        rig.Queue(0).Arrive(new byte[60]);
        rig.Workers[0].StopReceiving();
        rig.Queue(0).TakesPerCall = 1;
        rig.StepUntilIdle();
        Assert.Single(rig.Queue(0).Sent);
        Assert.Equal(1, rig.Queue(0).Held);
    }
}

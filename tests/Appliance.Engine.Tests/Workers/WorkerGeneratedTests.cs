using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

public sealed class WorkerGeneratedTests
{
    [Fact]
    public void A_frame_made_here_enters_the_next_breath_at_the_leaving_stages_only()
    {
        ScriptedStage arrival = ScriptedStage.Passing("arrival"), judging = Answering(1), route = ScriptedStage.Passing("route");
        var path = new StageSequence([arrival], [judging], [route, ScriptedStage.LeavingBy(0)]);
        using WorkerRig rig = new(1, WorkerRig.FlatPorts(1), _ => path);
        rig.Queue(0).Arrive(new byte[60]);

        rig.Step();
        Assert.Equal((1, 1, 0), (arrival.Frames, judging.Frames, route.Frames));
        Assert.Empty(rig.Queue(0).Sent);
        Assert.Equal((1L, 1L, 1), (rig.Counters.Generated, rig.Counters.Consumed, rig.Workers[0].FramesHeld));

        rig.Step();
        Assert.Equal((1, 1, 1), (arrival.Frames, judging.Frames, route.Frames));
        Assert.Single(rig.Queue(0).Sent);
        rig.StepUntilIdle();
        Assert.Equal(1, rig.Counters.OwnedFrames);                      // what is made here was never received
        rig.AssertBalanced();
    }

    [Fact]
    public void Frames_made_here_leave_before_what_is_received_in_the_same_breath()
    {
        using WorkerRig rig = WorkerRig.Single(1, ScriptedStage.Passing("first"), Answering(1, only: 7));
        rig.Queue(0).Arrive([7, .. new byte[59]]);
        rig.Step();
        rig.Queue(0).Arrive([9, .. new byte[59]]);
        rig.StepUntilIdle();
        Assert.Equal([107, 9], rig.Queue(0).Sent.Select(bytes => (int)bytes[0]));
    }

    [Fact]
    public void More_than_a_batch_of_them_enters_in_one_breath_and_keeps_its_order()
    {
        const int Answers = 200;
        using WorkerRig rig = WorkerRig.Single(1, Answering(Answers));
        rig.Queue(0).Arrive([0, .. new byte[59]]);
        rig.Step();
        Assert.Equal(Answers, rig.Workers[0].FramesHeld);
        rig.Step();
        Assert.Equal(Enumerable.Range(0, Answers), rig.Queue(0).Sent.Select(bytes => (int)bytes[1]));
        Assert.Equal(Answers, rig.Counters.Generated);
        rig.AssertBalanced();
    }

    [Fact]
    public void A_frame_made_here_and_dropped_counts_at_no_port()
    {
        var dropping = new ScriptedStage("no route", (FrameBatch batch, in StageContext _) =>
        {
            foreach (Frame frame in batch.Frames)
                batch.Drop(frame, DropReason.NoRoute);
        });
        using WorkerRig rig = new(1, WorkerRig.FlatPorts(1), _ => new StageSequence([], [Answering(1)], [dropping]));
        rig.Queue(0).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Equal((1L, 0L), (rig.Counters.Dropped, rig.Counters.Ports[0].FramesDropped));
        rig.AssertBalanced();
    }

    [Fact]
    public void What_a_breath_cannot_hold_stays_unsaid_and_the_pool_is_whole()
    {
        using WorkerRig rig = WorkerRig.Single(1, Answering(FrameSource.Capacity + 50));
        rig.Queue(0).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Equal(FrameSource.Capacity, rig.Queue(0).Sent.Count);
        rig.AssertBalanced();
    }

    /// <summary>Consumes frames and answers each with as many as said: the first byte over 100, the second their number.</summary>
    private static ScriptedStage Answering(int answers, int only = -1) => new("answering", (FrameBatch batch, in StageContext context) =>
    {
        foreach (Frame frame in batch.Frames)
        {
            if (only >= 0 && frame.Bytes[0] != only) continue;
            for (int i = 0; i < answers && context.Source.TryBegin(60, out Frame answer); i++)
            {
                answer.Bytes.Clear();
                answer.Bytes[0] = (byte)(frame.Bytes[0] + 100);
                answer.Bytes[1] = (byte)i;
                context.Source.Submit(answer);
            }

            batch.End(frame, Disposition.Consume);
        }
    });
}

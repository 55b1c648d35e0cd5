using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Stages;

public sealed class StageSequenceTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(16, 0, 0));
    private readonly ExitLog _exit = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Stages_run_in_order_each_part_by_itself()
    {
        var log = new List<string>();
        StageSequence path = new([Logging("a", log), Logging("b", log)], [Logging("c", log)], [Logging("d", log), Logging("e", log)]);
        Assert.Equal("abcde", string.Concat(path.Stages.Select(stage => stage.Name)));

        path.RunArrival(Batch(1), Context(), _exit);
        path.RunOwner(Batch(1), Context(), _exit);
        path.RunLeaving(Batch(1), Context(), _exit);
        Assert.Equal("ab" + "cde" + "de", string.Concat(log));
    }

    [Fact]
    public void A_stage_sees_only_what_the_one_before_it_let_pass_and_none_sees_an_empty_batch()
    {
        ScriptedStage first = Ending(1), second = Ending(2), third = Ending(0), never = ScriptedStage.Passing("never");
        StageSequence path = new([], [first, second], [third, never]);
        FrameBatch batch = Batch(3);
        Frame[] frames = batch.Frames.ToArray();
        path.RunOwner(batch, Context(), _exit);
        Assert.Equal((3, 2, 1, 0), (first.Frames, second.Frames, third.Frames, never.Batches));
        Assert.Equal([frames[1], frames[2], frames[0]], _exit.Taken);
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void A_trace_is_told_behind_each_stage_of_every_frame_that_reached_it()
    {
        var trace = new TraceLog();
        StageSequence path = new([], [Ending(1, "first")], [Ending(0, "second")]);
        path.RunOwner(Batch(2), Context(trace), _exit);
        string[] expected = ["first 0 Continue", "first 1 Consume", "second 0 Consume"];
        Assert.Equal(expected, trace.Lines.ToArray());
    }

    [Fact]
    public void A_model_goes_to_every_stage_that_works_by_it_and_to_no_other()
    {
        TextStage text = new(), other = new();
        NumberStage number = new();
        StageSequence path = new([text], [ScriptedStage.Passing("none"), number], [other]);
        path.Adopt("model");
        Assert.Equal(("model", "model", null), (text.Model, other.Model, number.Model));
        path.Adopt(new Version(1, 2));
        Assert.Equal(("model", new Version(1, 2)), (text.Model, number.Model));
    }

    private StageContext Context(IPathTrace? trace = null)
    {
        var counters = new WorkerCounters(1);
        return new StageContext(new MonotonicTime(1), 0, counters, _pool, new FrameSource(_pool, counters), trace);
    }

    /// <summary>Frames whose first byte is their number.</summary>
    private FrameBatch Batch(int frames)
    {
        var batch = new FrameBatch();
        for (int i = 0; i < frames; i++)
        {
            Assert.True(_pool.TryRent(60, out Frame frame));
            frame.Bytes[0] = (byte)i;
            batch.TryAdd(frame);
        }

        return batch;
    }

    private static ScriptedStage Logging(string name, List<string> log) => new(name, (FrameBatch _, in StageContext _) => log.Add(name));

    private static ScriptedStage Ending(int number, string name = "ending") =>
        ScriptedStage.Judging(name, frame => frame.Bytes[0] == number ? Disposition.Consume : Disposition.Continue);

    private sealed class ExitLog : IFrameExit
    {
        public List<Frame> Taken { get; } = [];

        public int TakeRun(ReadOnlySpan<Frame> frames)
        {
            Take(frames[0]);
            return 1;
        }

        public void Take(Frame frame) => Taken.Add(frame);
    }

    private sealed class TraceLog : IPathTrace
    {
        public List<string> Lines { get; } = [];

        public void Explain(Frame frame, string detail) => Lines.Add(detail);

        public void Behind(string stage, Frame frame) => Lines.Add($"{stage} {frame.Bytes[0]} {frame.Info.Disposition}");
    }

    private sealed class TextStage : IStageOf<string>
    {
        public string? Model { get; private set; }
        public string Name => "text";

        public void Adopt(string model) => Model = model;

        public void Process(FrameBatch batch, in StageContext context)
        {
        }
    }

    private sealed class NumberStage : IStageOf<Version>
    {
        public Version? Model { get; private set; }
        public string Name => "number";

        public void Adopt(Version model) => Model = model;

        public void Process(FrameBatch batch, in StageContext context)
        {
        }
    }
}

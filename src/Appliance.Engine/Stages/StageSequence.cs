using System.Collections.Immutable;
using System.Diagnostics;

namespace Appliance.Engine;

/// <summary>
/// The stages of one worker in order, with the places where frames join them and where they may leave them early.
/// <code>
///   received ─► arrival ─┬─► opening ─┬─► judging ─┬─► leaving ─┬─► finishing ─┬─► parting ─►
///                        │            │            │            │              │
///   of another worker ───┘            │   made here┘            ├── the holder's
///                                     └─► Disposition.Express ──┘   first      └── the last holder's
///   of the host ──► host's arrival ───────────────────► leaving ─► …
/// </code>
/// Frames that are of one flow stay in order: a stage that sends one ahead has sent all of the flow before it ahead.
/// </summary>
public sealed class StageSequence(
    ImmutableArray<IStage> arrival,
    ImmutableArray<IStage> judging,
    ImmutableArray<IStage> leaving,
    ImmutableArray<IBucketState> bucketStates = default,
    ImmutableArray<IBreathTimer> timers = default,
    ImmutableArray<ILetterBox> letterBoxes = default,
    ImmutableArray<IStage> opening = default,
    ImmutableArray<IStage> finishing = default,
    PathEpoch? epoch = null,
    IConnectionOrder? order = null,
    IFrameHolder? holder = null,
    ImmutableArray<IStage> hostArrival = default,
    ImmutableArray<IStage> parting = default,
    IFrameHolder? lastHolder = null)
{
    private readonly IStage[] _arrival = [.. arrival];
    private readonly IStage[] _opening = opening.IsDefault ? [] : [.. opening];
    private readonly IStage[] _judging = [.. judging];
    private readonly IStage[] _leaving = [.. leaving];
    private readonly IStage[] _finishing = finishing.IsDefault ? [] : [.. finishing];
    private readonly IStage[] _parting = parting.IsDefault ? [] : [.. parting];
    private readonly IStage[] _hostArrival = hostArrival.IsDefault ? [] : [.. hostArrival];
    private readonly FrameBatch _express = new();
    private readonly FrameBatch _run = new();

    /// <summary>All stages in the order a received frame meets them.</summary>
    public ImmutableArray<IStage> Stages => [.. _arrival, .. _opening, .. _judging, .. _leaving, .. _finishing, .. _parting];

    /// <summary>What the stages keep for each steering bucket.</summary>
    public ImmutableArray<IBucketState> BucketStates { get; } = bucketStates.IsDefault ? [] : bucketStates;

    /// <summary>What the stages do when time has come.</summary>
    public ImmutableArray<IBreathTimer> Timers { get; } = timers.IsDefault ? [] : timers;

    /// <summary>Where other workers write to the stages.</summary>
    public ImmutableArray<ILetterBox> LetterBoxes { get; } = letterBoxes.IsDefault ? [] : letterBoxes;

    /// <summary>Keeps frames between judging and finishing; null: nobody does.</summary>
    public IFrameHolder? Holder => holder;

    /// <summary>Keeps frames between finishing and parting; null: nobody does.</summary>
    public IFrameHolder? LastHolder => lastHolder;

    /// <summary>Parse and steer: by whichever worker received the frame.</summary>
    public void RunArrival<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit =>
        Run(_arrival, batch, context, exit);

    /// <summary>Of frames that the host sends, instead: by whichever worker received them. The owner has them leave.</summary>
    public void RunHostArrival<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit =>
        Run(_hostArrival, batch, context, exit);

    /// <summary>Everything else: by the owner.</summary>
    public void RunOwner<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit
    {
        Run(_opening, batch, context, new ExpressExit<TExit>(_express, exit));
        if (_express.Count > 0)
        {
            RunFinishing(_express, context, exit);
            End(_express);
        }

        if (order is not { IsKept: true })
        {
            RunJudging(batch, context, exit);
            return;
        }

        while (batch.Count > 0)
        {
            batch.MoveTo(_run, FirstRun(batch.Frames));
            RunJudging(_run, context, exit);
            End(_run);
        }
    }

    /// <summary>From the route on: for frames made here, and those of the host.</summary>
    public void RunLeaving<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit
    {
        Run(_leaving, batch, context, exit);
        RunFinishing(batch, context, exit);
    }

    /// <summary>The last stages alone: for frames that the holder has let go.</summary>
    public void RunFinishing<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit
    {
        Run(_finishing, batch, context, exit);
        Run(_parting, batch, context, exit);
    }

    /// <summary>The very last: for frames that the last holder has let go.</summary>
    public void RunParting<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit =>
        Run(_parting, batch, context, exit);

    /// <summary>Gives <paramref name="model"/> to every stage that works by it.</summary>
    public void Adopt<TModel>(TModel model) where TModel : class
    {
        epoch?.End();
        foreach (IStage stage in Stages)
            (stage as IStageOf<TModel>)?.Adopt(model);
        foreach (IStage stage in _hostArrival)
            (stage as IStageOf<TModel>)?.Adopt(model);
    }

    /// <summary>What a stage decides by has changed where it is: whoever remembers what they decided asks again.</summary>
    public void EndEpoch() => epoch?.End();

    private void RunJudging<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit
    {
        Run(_judging, batch, context, exit);
        RunLeaving(batch, context, exit);
    }

    private static void End(FrameBatch batch)
    {
        Debug.Assert(batch.Count == 0, "The last stage ends every frame.");
        batch.Clear();
    }

    /// <summary>Frames from the front on that came in by one port.</summary>
    private static int FirstRun(ReadOnlySpan<Frame> frames)
    {
        int run = 1;
        while (run < frames.Length && frames[run].Info.IngressPort == frames[0].Info.IngressPort) run++;
        return run;
    }

    private static void Run<TExit>(IStage[] stages, FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit
    {
        foreach (IStage stage in stages)
        {
            if (batch.Count == 0) return;
            stage.Process(batch, context);
            if (context.Trace is { } trace) Tell(trace, stage, batch);
            batch.Settle(exit);
        }
    }

    private static void Tell(IPathTrace trace, IStage stage, FrameBatch batch)
    {
        foreach (Frame frame in batch.Frames)
            trace.Behind(stage.Name, frame);
    }

    /// <summary>Keeps what goes ahead, and passes everything else on.</summary>
    private readonly struct ExpressExit<TExit>(FrameBatch express, TExit exit) : IFrameExit where TExit : IFrameExit
    {
        public void Take(Frame frame)
        {
            if (frame.Info.Disposition != Disposition.Express)
            {
                exit.Take(frame);
                return;
            }

            frame.Info.Disposition = Disposition.Continue;
            bool isAdded = express.TryAdd(frame);
            Debug.Assert(isAdded, "It is as large as the batch that the frame comes from.");
        }

        public int TakeRun(ReadOnlySpan<Frame> frames)
        {
            int run = 0;
            for (; run < frames.Length && frames[run].Info.Disposition == Disposition.Express; run++)
                frames[run].Info.Disposition = Disposition.Continue;
            int added = express.Add(frames[..run]);
            Debug.Assert(added == run, "It is as large as the batch that the frames come from.");
            return run > 0 ? run : exit.TakeRun(frames);
        }
    }
}

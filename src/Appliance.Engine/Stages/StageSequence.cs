using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>
/// The stages of one worker in order, with the two places where frames join them: behind <c>arrival</c> come frames that another worker
/// received,
/// at <c>entry</c> come frames made here.
/// </summary>
public sealed class StageSequence(
    ImmutableArray<IStage> arrival,
    ImmutableArray<IStage> judging,
    ImmutableArray<IStage> leaving,
    ImmutableArray<IBucketState> bucketStates = default,
    ImmutableArray<IBreathTimer> timers = default,
    ImmutableArray<ILetterBox> letterBoxes = default)
{
    private readonly IStage[] _arrival = [.. arrival];
    private readonly IStage[] _judging = [.. judging];
    private readonly IStage[] _leaving = [.. leaving];

    /// <summary>All stages in the order a received frame meets them.</summary>
    public ImmutableArray<IStage> Stages => [.. _arrival, .. _judging, .. _leaving];

    /// <summary>What the stages keep for each steering bucket.</summary>
    public ImmutableArray<IBucketState> BucketStates { get; } = bucketStates.IsDefault ? [] : bucketStates;

    /// <summary>What the stages do when time has come.</summary>
    public ImmutableArray<IBreathTimer> Timers { get; } = timers.IsDefault ? [] : timers;

    /// <summary>Where other workers write to the stages.</summary>
    public ImmutableArray<ILetterBox> LetterBoxes { get; } = letterBoxes.IsDefault ? [] : letterBoxes;

    /// <summary>Parse and steer: by whichever worker received the frame.</summary>
    public void RunArrival<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit =>
        Run(_arrival, batch, context, exit);

    /// <summary>Everything else: by the owner.</summary>
    public void RunOwner<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit
    {
        Run(_judging, batch, context, exit);
        Run(_leaving, batch, context, exit);
    }

    /// <summary>From the route on: for frames made here.</summary>
    public void RunLeaving<TExit>(FrameBatch batch, in StageContext context, TExit exit) where TExit : IFrameExit =>
        Run(_leaving, batch, context, exit);

    /// <summary>Gives <paramref name="model"/> to every stage that works by it.</summary>
    public void Adopt<TModel>(TModel model) where TModel : class
    {
        foreach (IStage stage in Stages)
            (stage as IStageOf<TModel>)?.Adopt(model);
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
}

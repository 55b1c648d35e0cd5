namespace Appliance.Engine;

/// <summary>
/// Keeps frames of one worker back, across breaths, behind everything that judges them, until it is known how they leave. A stage gives it
/// a frame by ending that with <see cref="Disposition.Held"/>.
/// </summary>
public interface IFrameHolder
{
    /// <summary>Frames kept, those chained behind others included.</summary>
    int Count { get; }

    /// <summary>
    /// Called before any frame of a breath, until it answers 0. Moves frames that may leave, or that are dropped with their reason set,
    /// into an empty batch; they are the caller's again, and those of one flow come in the order in which they were given. Answers how
    /// many.
    /// </summary>
    int Release(FrameBatch into, in StageContext context);

    /// <summary>None of those kept may leave any more: they come out dropped for this reason.</summary>
    void GiveUp(DropReason reason);
}

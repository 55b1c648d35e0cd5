namespace Appliance.Engine;

/// <summary>Something of one worker that time alone makes due.</summary>
public interface IBreathTimer
{
    MonotonicTime NextDeadline { get; }

    /// <summary>
    /// Once a breath, behind the frames. Does what is due, a bounded part at a time; answers how much it did, 0 when nothing is due any
    /// more.
    /// </summary>
    int Fire(in StageContext context);
}

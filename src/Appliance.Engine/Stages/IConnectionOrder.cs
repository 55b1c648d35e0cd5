namespace Appliance.Engine;

/// <summary>Whether what stages decide about a frame depends on the frames of the other direction.</summary>
public interface IConnectionOrder
{
    /// <summary>
    /// Then frames of different ports never go through the judging stages together: a question would pass the first stage, and behind it
    /// its answer, before the last stage has seen the question.
    /// </summary>
    bool IsKept { get; }
}

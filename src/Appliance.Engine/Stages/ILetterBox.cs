namespace Appliance.Engine;

/// <summary>Where other workers' letters to a stage arrive, without mail: many, small and often (<see cref="MessageRing{T}"/>).</summary>
public interface ILetterBox
{
    /// <summary>Once a breath, before any frame. Does what the letters say; answers how many there were.</summary>
    int Collect(in StageContext context);

    /// <summary>Whether a letter of this worker's lies before another that has not taken it yet; asked only when that one sleeps.</summary>
    bool HasLettersFor(int worker);
}

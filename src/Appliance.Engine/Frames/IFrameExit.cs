namespace Appliance.Engine;

/// <summary>Where frames go that a stage has ended: counted by their disposition, and out, over, or home.</summary>
public interface IFrameExit
{
    /// <summary>Takes ownership of <paramref name="frame"/> and of every frame chained behind it.</summary>
    void Take(Frame frame);

    /// <summary>
    /// The same for the first of <paramref name="frames"/>, which has ended, and for as many behind it as end alike; answers how many, 1 at
    /// least. Those behind them may not have ended.
    /// </summary>
    int TakeRun(ReadOnlySpan<Frame> frames);
}

namespace Appliance.Engine;

/// <summary>Where frames go that a stage has ended: counted by their disposition, and out, over, or home.</summary>
public interface IFrameExit
{
    /// <summary>Takes ownership of <paramref name="frame"/> and of every frame chained behind it.</summary>
    void Take(Frame frame);
}

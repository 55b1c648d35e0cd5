namespace Appliance.Engine;

/// <summary>Ends the sleep of the one thread that waits on it.</summary>
public interface IWakeup
{
    /// <summary>By any thread. The sleep that is under way ends, or else the next one ends at once.</summary>
    void Wake();
}

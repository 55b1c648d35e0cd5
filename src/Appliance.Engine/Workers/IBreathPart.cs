namespace Appliance.Engine;

/// <summary>What a worker does around the frames of every breath, beside its stages.</summary>
public interface IBreathPart
{
    /// <summary>Behind the mail and before any frame is looked at. Answers how much was done; 0 means idle.</summary>
    int Begin(MonotonicTime now);

    /// <summary>When the breath's frames have left: who is to be told of what it has written is told.</summary>
    void End();
}

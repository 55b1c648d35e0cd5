namespace Appliance.Engine;

/// <summary>One step of the data path, belonging to one worker. Called once for a batch, never once for a frame.</summary>
public interface IStage
{
    /// <summary>What traces and documents call it.</summary>
    string Name { get; }

    /// <summary>
    /// Judges or changes the frames of <paramref name="batch"/>. A frame it ends is marked with <see cref="FrameBatch.End"/> or
    /// <see cref="FrameBatch.Drop"/> and left in its place. It allocates nothing, takes no lock and throws nothing.
    /// </summary>
    void Process(FrameBatch batch, in StageContext context);
}

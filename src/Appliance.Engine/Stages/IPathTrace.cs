namespace Appliance.Engine;

/// <summary>Told what each stage did to each frame; only where somebody asked, so it may allocate.</summary>
public interface IPathTrace
{
    /// <summary>A stage says why, before it returns.</summary>
    void Explain(Frame frame, string detail);

    /// <summary>The sequence says what became of the frame behind a stage.</summary>
    void Behind(string stage, Frame frame);
}

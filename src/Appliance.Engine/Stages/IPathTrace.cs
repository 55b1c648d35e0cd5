namespace Appliance.Engine;

/// <summary>Told what each stage did to each frame; only where somebody asked, so it may allocate.</summary>
public interface IPathTrace
{
    /// <summary>Whether it is worth asking every rule again what kept it from matching.</summary>
    bool WantsCandidates => false;

    /// <summary>A stage says why, before it returns.</summary>
    void Explain(Frame frame, string detail);

    /// <summary>A stage says which rule of a policy decides on the frame, by its identifier, before it returns.</summary>
    void Decided(Frame frame, string rule)
    {
    }

    /// <summary>The sequence says what became of the frame behind a stage.</summary>
    void Behind(string stage, Frame frame);
}

namespace Appliance.Engine;

/// <summary>
/// Numbers the models that one worker's stages have worked by: whoever remembers what they decided for a flow asks whether they would
/// still decide so. One worker's.
/// </summary>
public sealed class PathEpoch
{
    /// <summary>Of what was never decided.</summary>
    public const uint Never = 0;

    public uint Number { get; private set; } = 1;

    /// <summary>Something that a stage decides by has changed.</summary>
    public void End() => Number = Number == uint.MaxValue ? 1 : Number + 1;
}

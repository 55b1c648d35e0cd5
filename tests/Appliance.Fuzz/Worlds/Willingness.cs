namespace Appliance.Fuzz.Worlds;

/// <summary>How many frames the ports of a world will still take.</summary>
internal sealed class Willingness
{
    public const int Unlimited = int.MaxValue;

    public int Frames { get; set; } = Unlimited;
}

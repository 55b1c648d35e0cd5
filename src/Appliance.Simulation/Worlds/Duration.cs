namespace Appliance.Simulation;

/// <summary>Nanoseconds.</summary>
internal static class Duration
{
    public const long Microsecond = 1_000, Millisecond = 1_000_000, Second = 1_000_000_000;
}

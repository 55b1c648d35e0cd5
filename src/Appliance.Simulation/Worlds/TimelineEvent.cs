using System.Globalization;

namespace Appliance.Simulation;

/// <summary>Something that happened in a world.</summary>
/// <param name="At">Nanoseconds since the beginning.</param>
/// <param name="Who">A box, or who did it to one.</param>
/// <param name="What">And why.</param>
public readonly record struct TimelineEvent(long At, string Who, string What)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At / (double)Duration.Second,10:F6}  {Who,-6}  {What}");
}

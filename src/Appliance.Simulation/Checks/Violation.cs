using System.Globalization;

namespace Appliance.Simulation;

/// <summary>Something that must not be.</summary>
/// <param name="At">Nanoseconds since the beginning.</param>
/// <param name="Checker">Which invariant.</param>
/// <param name="What">And how it was broken.</param>
public readonly record struct Violation(long At, string Checker, string What)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{At / (double)Duration.Second,10:F6}  {Checker}: {What}");
}

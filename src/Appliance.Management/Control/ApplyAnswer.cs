using System.Collections.Immutable;

namespace Appliance.Management;

/// <summary>What became of another configuration.</summary>
/// <param name="Errors">Why it is not in force, a line each; empty: it is.</param>
/// <param name="Warnings">What of it will be only after the next start.</param>
public sealed record ApplyAnswer(ImmutableArray<string> Errors, ImmutableArray<string> Warnings)
{
    public static readonly ApplyAnswer Done = new([], []);

    public bool IsApplied => Errors.IsEmpty;
}

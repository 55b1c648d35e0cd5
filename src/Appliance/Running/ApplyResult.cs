using System.Collections.Immutable;

namespace Appliance.Running;

/// <summary>What became of another configuration: it is in force, or there are errors and the one before stays in force.</summary>
/// <param name="Errors">One line each; empty: it is in force.</param>
/// <param name="Warnings">What is in force and yet likely not meant, or what will be only after the next start.</param>
internal sealed record ApplyResult(ImmutableArray<string> Errors, ImmutableArray<string> Warnings)
{
    public bool IsApplied => Errors.IsEmpty;

    public static ApplyResult Refused(params ImmutableArray<string> errors) => new(errors, []);
}

using System.Collections.Immutable;

namespace Appliance.Management;

/// <summary>What became of a change of the configuration.</summary>
public sealed record ChangeOutcome
{
    public required ChangeResult Result { get; init; }

    /// <summary>Of the generation in force now; 0: it was not written anywhere.</summary>
    public int Generation { get; init; }

    /// <summary>What is different from before, a line each.</summary>
    public ImmutableArray<string> Changes { get; init; } = [];

    /// <summary>Why it was refused or failed, or what to heed; a line each.</summary>
    public ImmutableArray<string> Lines { get; init; } = [];

    /// <summary>Seconds that there are to confirm it; null: it stays.</summary>
    public int? ConfirmWithinSeconds { get; init; }

    /// <summary>What a reload that is done says to the operator.</summary>
    public string AsReload => this switch
    {
        { Changes.IsEmpty: true } => "reloaded: nothing is different",
        { Generation: 0 } => $"reloaded, and kept nowhere: {string.Join(", ", Changes)}",
        _ => $"reloaded as generation {Generation}: {string.Join(", ", Changes)}",
    };

    internal static ChangeOutcome Refused(params IEnumerable<string> lines) => new() { Result = ChangeResult.Refused, Lines = [.. lines] };

    internal static ChangeOutcome Failed(params IEnumerable<string> lines) => new() { Result = ChangeResult.Failed, Lines = [.. lines] };
}

using System.Collections.Immutable;

namespace Appliance.Reports;

/// <summary>What became of the expectations of a file, in its order.</summary>
internal sealed record ExpectationResult(string File, ImmutableArray<ExpectationOutcome> Outcomes)
{
    public ImmutableArray<ExpectationOutcome> Broken { get; } = [.. Outcomes.Where(outcome => !outcome.Held)];

    /// <summary>The line of the report that says whether they held.</summary>
    public string Render()
    {
        string verdict = Broken.IsEmpty ? Paint.Good("all held") : Paint.Bad($"{Broken.Length} BROKEN");
        return $"expectations  {Outcomes.Length} of {File}: {verdict}{Environment.NewLine}";
    }
}

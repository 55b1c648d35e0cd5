using System.Collections.Immutable;

namespace Appliance.Scenarios;

/// <summary>What became of one scenario.</summary>
/// <param name="Lines">What is to be said, a line for each unmet expectation or fault; none of one that passed.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record ScenarioResult(ScenarioFolder Scenario, ScenarioOutcome Outcome, ImmutableArray<string> Lines, double Seconds);

namespace Appliance.Scenarios;

/// <summary>How a scenario ended; the later, the worse.</summary>
internal enum ScenarioOutcome
{
    Passed,
    Failed,                 // an expectation is not met
    Broken,                 // a capture that it names is missing or damaged
    Refused,                // what it says, or its configuration, is wrong
}

namespace Appliance.TestRunner;

/// <summary>What became of one test.</summary>
/// <param name="Detail">The failure's message and place, or the reason of the skip; empty when it passed.</param>
public sealed record TestResult(string Name, Outcome Outcome, string Detail)
{
    /// <summary>Something around the tests failed: it counts as a failed test of its own, so that no total can hide it.</summary>
    public static TestResult FailureOf(string what, string detail) => new(what, Outcome.Failed, detail);
}

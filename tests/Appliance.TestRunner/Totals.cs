namespace Appliance.TestRunner;

/// <summary>The sums over all suites, and the line that machines read.</summary>
public readonly record struct Totals(int Passed, int Failed, int Skipped)
{
    public static Totals Of(IEnumerable<TestResult> results)
    {
        ILookup<Outcome, TestResult> by = results.ToLookup(result => result.Outcome);
        return new Totals(by[Outcome.Passed].Count(), by[Outcome.Failed].Count(), by[Outcome.Skipped].Count());
    }

    /// <summary>Nothing failed, and something ran.</summary>
    public bool AreGood => Failed == 0 && Passed > 0;

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}

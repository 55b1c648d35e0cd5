namespace Appliance.TestRunner;

public enum Outcome
{
    Passed,
    Failed,
    Skipped,
}

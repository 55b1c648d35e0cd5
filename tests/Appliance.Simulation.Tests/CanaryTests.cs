using Appliance.Ports.Linux;
using Xunit;

namespace Appliance.Simulation.Tests;

/// <summary>Each checker finds the flaw that is its own: boxes deliberately wrong, in the very worlds that pass without it.</summary>
public sealed class CanaryTests(ITestOutputHelper output)
{
    private const ulong Seeds = 60;

    [Theory]
    [InlineData((int)Flaw.IgnoresOtherMasters, "one master")]
    [InlineData((int)Flaw.DoesNotPreempt, "better box is master")]
    [InlineData((int)Flaw.Stutters, "no advert storm")]
    [InlineData((int)Flaw.SwallowsFrames, "frames conserved")]
    [InlineData((int)Flaw.LosesFlows, "no flow lost")]
    [InlineData((int)Flaw.SharesPorts, "translations unique")]
    [InlineData((int)Flaw.SleepsThroughFreezes, "quiet after a freeze", "said an advert")]
    [InlineData((int)Flaw.ForwardsWhatWaited, "quiet after a freeze", "forwarded a frame")]
    [InlineData((int)Flaw.WandersOff, "masters stay")]
    [InlineData((int)Flaw.NeverSleeps, "time goes on")]
    [InlineData((int)Flaw.ForgetsToTell, "no flow lost")]
    [InlineData((int)Flaw.ForgetsToTell, "states converge")]
    [InlineData((int)Flaw.AdoptsLate, "translations kept")]
    public void A_flaw_is_found_by_its_checker(int flaw, string checker, string saying = "")
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            DrillOutcome outcome = Drill.Run(seed, Drill.LeastSeconds + 5, (Flaw)flaw, MappedMemory.HugePages.Sparse);
            Violation[] found = [.. outcome.Violations.Where(
                violation => violation.Checker == checker && violation.What.Contains(saying, StringComparison.Ordinal))];
            if (found.Length == 0) continue;
            output.WriteLine($"{(Flaw)flaw}: seed {seed}: {found[0]}");
            return;
        }

        Assert.Fail($"{(Flaw)flaw} stays hidden from '{checker}' in {Seeds} drills");
    }
}

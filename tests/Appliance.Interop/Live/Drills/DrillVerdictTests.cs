using Xunit;

namespace Appliance.Interop.Live.Drills;

/// <summary>A judge that finds everything good is none.</summary>
public sealed class DrillVerdictTests
{
    private const long Millisecond = 1_000_000;

    private static readonly DrillSize s_size = new(1, 10, 5, 1, 1);
    private static readonly DrillStep s_sudden = new("sudden", 1, 50, _ => { });
    private static readonly DrillStep s_planned = new("planned", 1, 0, _ => { });

    [Fact]
    public void A_step_that_costs_what_it_may_is_good()
    {
        Assert.True(Judge(Result(s_sudden, gap: 50, lost: 50)).IsGood);
        Assert.True(Judge(Result(s_planned, gap: 12, lost: 0) with { AtWaking = (DrillVerdict.MostAtWaking, 0) }).IsGood);
        Assert.True(Judge(Result(s_sudden, gap: 99, lost: 99), allowance: 50).IsGood);
    }

    [Fact]
    public void What_costs_more_is_not_good()
    {
        DrillResult good = Result(s_sudden, gap: 20, lost: 20);
        Assert.False(Judge(Result(s_sudden, gap: 51, lost: 51)).IsGood);
        Assert.False(Judge(good, Result(s_planned, gap: 12, lost: 1)).IsGood);
        Assert.False(Judge(good with { Connections = 9 }).IsGood);
        Assert.False(Judge(good with { UdpFlows = 4 }).IsGood);
        Assert.False(Judge(good, good with { Masters = [1, 2] }).IsGood);
        Assert.False(Judge(good with { Masters = [0, 0] }).IsGood);
        Assert.False(Judge(good with { AtWaking = (0, 1) }).IsGood);
        Assert.False(Judge(good with { AtWaking = (DrillVerdict.MostAtWaking + 1, 0) }).IsGood);
    }

    [Fact]
    public void A_gap_in_a_burst_of_questions_counts_where_there_is_no_other_but_its_losses_always()
    {
        DrillResult burst = Result(s_sudden, gap: 60, lost: 60) with { IsBurst = true };
        Assert.False(Judge(burst).IsGood);
        Assert.True(Judge(burst, Result(s_sudden, gap: 50, lost: 50)).IsGood);
        Assert.False(Judge(burst, Result(s_sudden, gap: 51, lost: 51)).IsGood);
        Assert.False(Judge(Result(s_planned, gap: 5, lost: 1) with { IsBurst = true }, Result(s_planned, gap: 5, lost: 0)).IsGood);
    }

    [Fact]
    public void Where_the_machine_was_late_gaps_are_not_judged_and_it_is_said_but_flows_are()
    {
        DrillResult late = Result(s_sudden, gap: 400, lost: 400, beside: 60);
        DrillVerdict verdict = Judge(late);
        Assert.True(verdict.IsGood);
        Assert.Contains(verdict.Notes, note => note.StartsWith("sudden: 1 of 1", StringComparison.Ordinal));
        Assert.False(Judge(late with { Connections = 0 }).IsGood);
    }

    [Fact]
    public void On_a_machine_that_is_allowed_something_a_thread_that_came_late_says_nothing_of_the_pair()
    {
        DrillResult lost = Result(s_planned, gap: 12, lost: 1), late = lost with { LaneLate = 11 * Millisecond };
        Assert.False(Judge(lost, allowance: 50).IsGood);
        Assert.True(Judge(late, allowance: 50).IsGood);
        Assert.False(Judge(late).IsGood);
        Assert.False(Judge(late with { Connections = 9 }, allowance: 50).IsGood);
        Assert.False(Judge([late, late, Result(s_planned, gap: 5, lost: 0)], 50).IsGood);
    }

    [Fact]
    public void Percentiles_are_of_the_nearest_rank()
    {
        double[] hundred = [.. Enumerable.Range(1, 100).Select(number => (double)number)];
        Assert.Equal((50, 99), (DrillVerdict.Percentile(hundred, 50), DrillVerdict.Percentile(hundred, 99)));
        Assert.Equal(7, DrillVerdict.Percentile([7], 99));
    }

    [Fact]
    public void The_longest_gap_is_found_with_its_beginning()
    {
        Assert.Equal((20, 30), EchoTally.LongestGap([0, 10, 20, 50, 55]));
        Assert.Equal((0, 0), EchoTally.LongestGap([]));
    }

    private static DrillVerdict Judge(params DrillResult[] results) => Judge(results, 0);

    private static DrillVerdict Judge(DrillResult result, int allowance) => Judge([result], allowance);

    private static DrillVerdict Judge(DrillResult[] results, int allowance) => new(results, s_size, allowance);

    /// <summary>Milliseconds.</summary>
    private static DrillResult Result(DrillStep step, int gap, int lost, int beside = 2) => new(
        step, 0, new EchoTally(1000, lost, 0, 0, gap * Millisecond, beside * Millisecond, beside * Millisecond), 10, 5, [1, 1],
        Millisecond);
}

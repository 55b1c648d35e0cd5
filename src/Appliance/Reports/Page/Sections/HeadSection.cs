using System.Globalization;
using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>What was replayed, and in three words whether all is well.</summary>
internal static class HeadSection
{
    public static Markup Render(PageFacts facts) => Markup.Of($"""
        <header>
        <p class="kicker">Replay report</p>
        <h1><bdi>{facts.Name}</bdi></h1>
        <p class="lede">{Lede(facts)}</p>
        <ul class="verdicts">{Verdicts(facts)}</ul>
        </header>

        """);

    private static string Lede(PageFacts facts)
    {
        string frames = Words.Count(facts.Accounts.Received, "frame");
        string captures = Words.Count(facts.Report.Inputs.Length, "capture");
        string duration = Quantity.Duration(facts.Report.CaptureSeconds);
        string time = facts.Timeline.Intervals == 0 ? "" : $", {duration} from {Start(facts.Timeline)}";
        return $"{frames} of {captures}{time}, through {Words.Count(facts.Accounts.Vcpus.Length, "vCPU")}.";
    }

    private static string Start(ReplayTimeline timeline) => DateTime.UnixEpoch
        .AddTicks(timeline.StartNanoseconds / (1_000_000_000 / TimeSpan.TicksPerSecond))
        .ToString("yyyy-MM-dd HH:mm:ss.ffffff 'UTC'", CultureInfo.InvariantCulture);

    private static IEnumerable<Markup> Verdicts(PageFacts facts)
    {
        yield return facts.Accounts.IsBalanced
            ? Good(AccountsSection.Id, "Accounts balance")
            : Bad(AccountsSection.Id, "Accounts do not balance");
        if (facts.Expectations is { } expected)
        {
            string all = Words.Count(expected.Outcomes.Length, "expectation");
            yield return expected.Broken.IsEmpty
                ? Good(ExpectationSection.Id, $"{all} held")
                : Bad(ExpectationSection.Id, $"{Quantity.Count(expected.Broken.Length)} of {all} broken");
        }

        int damaged = facts.Report.Inputs.Count(input => input.Error is not null);
        yield return damaged == 0
            ? Good(CaptureSection.Id, facts.Report.Inputs.Length == 1 ? "Capture read to its end" : "Captures read to their ends")
            : Bad(CaptureSection.Id, $"{Words.Count(damaged, "capture")} damaged");
    }

    private static Markup Good(string section, string words) => Markup.Of(
        $"""<li><a class="good" href="#{section}"><i>✓</i>{words}</a></li>""");

    private static Markup Bad(string section, string words) => Markup.Of(
        $"""<li><a class="bad" href="#{section}"><i>✕</i>{words}</a></li>""");
}

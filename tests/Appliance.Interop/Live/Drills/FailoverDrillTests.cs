using Appliance.Interop.Load;
using Appliance.Reports.Page;
using Appliance.Testing;
using Appliance.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// Each thing that can happen to a box, with live flows through it. What a gap may be is judged with an allowance, and a peer is missed
/// later than by default, for these machines have others to serve; <c>make drill</c> has neither.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class FailoverDrillTests(ITestOutputHelper output, Chromium browser) : IClassFixture<Chromium>
{
    private const int AllowanceMilliseconds = 50, DetectMilliseconds = 60;

    /// <summary>For a person who waits an unplanned one and a planned one.</summary>
    public static TheoryData<string> Scenarios =>
        [.. DrillScenario.WithLane.Select(each => each.Name).Where(name => TestSize.HasVariations || name is "kill" or "maintenance")];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Flows_outlive(string name)
    {
        DrillScenario scenario = DrillScenario.WithLane.Single(each => each.Name == name);
        using FailoverDrill drill = Run(scenario, DrillSize.Asked, out DrillVerdict verdict);
        string page = await Write(drill.Facts(verdict), $"drill-{name}");
        Judge(verdict);
        await using OpenedPage opened = await browser.OpenAsync(page, ColorScheme.Light, 1280);
        Assert.Empty(await opened.FaultsAsync());
        Assert.Equal(3, await opened.Page.Locator("svg.plot").CountAsync());
        await opened.ScreenshotAsync($"drill-{name}");
    }

    [Fact]
    public void Without_a_lane_the_other_takes_over_in_seconds()
    {
        TestSize.SkipForPerson();
        using FailoverDrill drill = Run(DrillScenario.Alone, DrillSize.Asked with { Times = 1 }, out DrillVerdict verdict);
        Assert.All(drill.Results, result => Assert.Equal(0, result.Connections));         // which a lane would have kept
        Judge(verdict);
    }

    private FailoverDrill Run(DrillScenario scenario, DrillSize size, out DrillVerdict verdict)
    {
        size = size with { DetectMilliseconds = DetectMilliseconds };
        var drill = new FailoverDrill(size, scenario.HasLane) { OnResult = result => output.WriteLine($"{result}") };
        try
        {
            output.WriteLine($"lane late before the first step: {drill.Pair.LaneLate / 1e6:0.0} ms");
            drill.Run([scenario]);
        }
        catch
        {
            drill.Dispose();
            throw;
        }

        verdict = new DrillVerdict(drill.Results, size, AllowanceMilliseconds);
        return drill;
    }

    private void Judge(DrillVerdict verdict)
    {
        foreach (string line in verdict.Table.Concat(verdict.Notes)) output.WriteLine(line);
        Assert.True(verdict.IsGood, string.Join('\n', verdict.Lines.Where(line => !line.IsGood).Select(line => line.Words)));
    }

    /// <summary>It stays with the tests' results, good or not.</summary>
    private static async Task<string> Write(DrillFacts facts, string name)
    {
        string folder = RepositoryFiles.PathTo("artifacts", "test-results");
        string file = Path.Combine(Directory.CreateDirectory(folder).FullName, $"{name}.html");
        await File.WriteAllBytesAsync(file, DrillPage.Render(facts), TestContext.Current.CancellationToken);
        return file;
    }
}

using Appliance.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Appliance.Interop;

/// <summary>The page of <c>drill --report</c> in a real browser, opened as a file.</summary>
public sealed class DrillPageTests(Chromium browser) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task It_is_readable_and_whole_on_a_screen(ColorScheme scheme, int width)
    {
        await using OpenedPage opened = await browser.OpenAsync(Page(seed: "739"), scheme, width);
        Assert.Empty(await opened.FaultsAsync());
        Assert.Equal(3, await opened.Page.Locator("svg.plot").CountAsync());
        await opened.ScreenshotAsync($"drill-{scheme}-{width}");
    }

    [Fact]
    public async Task It_is_readable_and_whole_on_paper()
    {
        await using OpenedPage opened = await browser.OpenAsync(Page(seed: "1"), ColorScheme.Dark, 720, Media.Print);
        Assert.Empty(await opened.FaultsAsync());
    }

    /// <summary>Seed 739 has a partition: both are masters then, and the page says from when to when.</summary>
    [Fact]
    public async Task Who_was_master_is_said_where_the_pointer_is()
    {
        await using OpenedPage opened = await browser.OpenAsync(Page(seed: "739"), ColorScheme.Light, 1280);
        string[] titles = await opened.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('#masters svg.plot title')].map(title => title.textContent)");
        Assert.Contains(titles, title => title.EndsWith(": A is master of 1@lan", StringComparison.Ordinal));
        Assert.Contains(titles, title => title.EndsWith(": B is master of 2@wan", StringComparison.Ordinal));
        Assert.Contains(titles, title => title.Contains("Partition of all cables", StringComparison.Ordinal));
    }

    private string Page(string seed)
    {
        ApplianceProgram.Succeed("drill", "--seed", seed, "--runs", "1", "--report", _folder["page.html"]);
        return _folder["page.html"];
    }
}

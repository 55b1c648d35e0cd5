using Appliance.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Appliance.Interop;

/// <summary>The page of <c>replay --report</c> in a real browser, opened as a file. Screenshots stay with the tests' results.</summary>
public sealed class ReportPageTests(Chromium browser) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [Variation(ColorScheme.Light, 390)]
    [Variation(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task It_is_readable_and_whole_on_a_screen(ColorScheme scheme, int width)
    {
        await using OpenedPage opened = await browser.OpenAsync(DemoPage(), scheme, width);
        Assert.Empty(await opened.FaultsAsync());
        Assert.Equal(7, await opened.Page.Locator("svg.plot").CountAsync());
        await opened.ScreenshotAsync($"report-{scheme}-{width}");
        bool isDark = await opened.Page.EvaluateAsync<bool>("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] < 60");
        Assert.Equal(scheme == ColorScheme.Dark, isDark);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [Variation(ColorScheme.Dark)]                                      // paper is light, whatever the screen
    public async Task It_is_readable_and_whole_on_paper(ColorScheme scheme)
    {
        await using OpenedPage opened = await browser.OpenAsync(DemoPage(), scheme, 720, Media.Print);
        Assert.Empty(await opened.FaultsAsync());
        byte[] document = await opened.Page.PdfAsync(new() { Format = "A4", PrintBackground = true });
        Assert.True(document.AsSpan().StartsWith("%PDF-"u8));
    }

    [Theory]
    [Variation(1280)]
    [InlineData(390)]
    public async Task The_worst_of_replays_is_readable_too(int width)
    {
        string cut = _folder.Write(
            $"<img src=x onerror=alert(1)> {new string('x', 200)}.pcap", File.ReadAllBytes(RepositoryFiles.DemoLan).AsSpan(0, 5000));
        ProcessRun run = ApplianceProgram.Run(Demo.ReplayOf(
            cut, "--vcpus", "64", "--expect", RepositoryFiles.DemoExpectations, "--report", _folder["page.html"]));
        Assert.Equal(1, run.ExitCode);
        await using OpenedPage opened = await browser.OpenAsync(_folder["page.html"], ColorScheme.Light, width);
        await opened.Page.Locator("summary").ClickAsync();              // all expectations, unfolded
        Assert.Empty(await opened.FaultsAsync());
        await opened.ScreenshotAsync($"report-worst-{width}");
        Assert.Equal(64, await opened.Page.Locator("svg.spark").CountAsync());
    }

    [Fact]
    public async Task An_interval_says_its_rates_where_the_pointer_is()
    {
        await using OpenedPage opened = await browser.OpenAsync(DemoPage(), ColorScheme.Light, 1280);
        string title = await opened.Page.EvaluateAsync<string>("""
            () => {
              const plot = document.querySelector('svg.plot');
              plot.scrollIntoView({ block: 'center' });
              const box = plot.getBoundingClientRect();
              return document.elementFromPoint(box.left + box.width / 2, box.top + 60).querySelector('title').textContent;
            }
            """);
        Assert.Matches("^1[45][.0-9]* s – 1[56][.0-9]* s: in .*frames/s, out .*frames/s$", title);
    }

    [Fact]
    public async Task A_page_with_faults_would_be_found()
    {
        // The canary: one of each fault.
        string file = _folder.Write("canary.html", """
            <!DOCTYPE html><html lang="en"><title>canary</title><body style="background:#fff">
            <script>console.log("said")</script><img src="none.png" alt="">
            <p style="width:3000px">wide</p><p style="color:#bbb">pale</p><p style="font-size:6px">small</p><p style="opacity:0">gone</p>
            <svg class="plot" width="300" height="100"><path d="M0 0"/><text x="9" y="20">one</text><text x="12" y="22">two</text></svg>
            <div class="name" style="width:20px">wider</div><svg class="spark" width="3" height="3"></svg></body></html>
            """);
        await using OpenedPage opened = await browser.OpenAsync(file, ColorScheme.Light, 1280);
        string faults = string.Join('\n', await opened.FaultsAsync());
        foreach (string fault in (string[])["console: said", "request: file:", "3008 pixels wide in a window of 1280",
            "'pale' has a contrast", "'small' is 6px", "'gone' cannot be seen", "is empty", "stand on one another",
            "the picture is 3 by 3", "'wider' does not fit"])
            Assert.True(faults.Contains(fault, StringComparison.Ordinal), $"{fault} is not among\n{faults}");
    }

    private string DemoPage()
    {
        ApplianceProgram.Succeed(Demo.Replay("--expect", RepositoryFiles.DemoExpectations, "--report", _folder["page.html"]));
        return _folder["page.html"];
    }
}

using Microsoft.Playwright;
using Xunit;

namespace Appliance.Interop;

/// <summary>The system's browser, driven by Playwright, which brings a driver and must not fetch browsers of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Opens a file as a user would, in a window of its own; skips the test where there is no browser.</summary>
    internal async Task<OpenedPage> OpenAsync(string file, ColorScheme scheme, int width, Media media = Media.Screen)
    {
        string program = Peer.Require("chromium");
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program });
        IBrowserContext window = await _browser.NewContextAsync(
            new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 844 } });
        IPage page = await window.NewPageAsync();
        await page.EmulateMediaAsync(new() { Media = media });
        var opened = new OpenedPage(window, page);
        await page.GotoAsync(new Uri(file).AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

using Appliance.Tests;
using Microsoft.Playwright;

namespace Appliance.Interop;

/// <summary>A page in a browser, and what the browser had to say of it: messages of its console, errors, requests for more.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly IBrowserContext _window;
    private readonly List<string> _said = [];
    private int _requests;

    public OpenedPage(IBrowserContext window, IPage page)
    {
        _window = window;
        Page = page;
        page.Console += (_, message) => _said.Add($"console: {message.Text}");
        page.PageError += (_, error) => _said.Add($"error: {error}");
        page.Request += (_, request) =>
        {
            if (_requests++ > 0) _said.Add($"request: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>All that is wrong with the page, as the browser sees it and as <see cref="PageInspection"/> does.</summary>
    public async Task<string[]> FaultsAsync()
    {
        string[] seen = await Page.EvaluateAsync<string[]>(PageInspection.Script);
        return [.. _said, .. seen];
    }

    /// <summary>All of it as a picture, which stays with the tests' results.</summary>
    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(
        new() { Path = RepositoryFiles.PathTo("artifacts", "test-results", "screenshots", $"{name}.png"), FullPage = true });

    public ValueTask DisposeAsync() => _window.DisposeAsync();
}

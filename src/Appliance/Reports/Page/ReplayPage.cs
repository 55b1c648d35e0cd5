using System.Text;

namespace Appliance.Reports.Page;

/// <summary>
/// A replay as one page that needs nothing but a browser: no other file, no network, no script. Pictures are inline SVG; light and dark
/// follow the reader's system, and it prints.
/// </summary>
internal static class ReplayPage
{
    public static byte[] Render(PageFacts facts) => Encoding.UTF8.GetBytes(Document(facts).ToString());

    private static Markup Document(PageFacts facts) => Markup.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <title>Replay of {facts.Name}</title>
        <style>{PageStyle.Sheet}</style>
        </head>
        <body><main>
        {HeadSection.Render(facts)}{TileSection.Render(facts)}{AccountsSection.Render(facts)}{FirewallSection.Render(facts)}
        {PortSection.Render(facts)}
        {DropSection.Render(facts)}{VcpuSection.Render(facts)}{OffloadSection.Render(facts)}{ChecksumSection.Render(facts)}
        {CaptureSection.Render(facts)}{ExpectationSection.Render(facts.Expectations)}{RunSection.Render(facts)}
        </main></body>
        </html>

        """);
}

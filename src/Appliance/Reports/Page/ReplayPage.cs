namespace Appliance.Reports.Page;

/// <summary>A replay as one page (<see cref="PageFrame"/>).</summary>
internal static class ReplayPage
{
    public static byte[] Render(PageFacts facts) => PageFrame.Render($"Replay of {facts.Name}", Markup.Of($"""
        {HeadSection.Render(facts)}{TileSection.Render(facts)}{AccountsSection.Render(facts)}{FirewallSection.Render(facts)}
        {PortSection.Render(facts)}
        {DropSection.Render(facts)}{VcpuSection.Render(facts)}{OffloadSection.Render(facts)}{ChecksumSection.Render(facts)}
        {CaptureSection.Render(facts)}{ExpectationSection.Render(facts.Expectations)}{RunSection.Render(facts)}

        """));
}

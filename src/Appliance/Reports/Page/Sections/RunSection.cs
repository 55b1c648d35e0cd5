using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>What the page's numbers depend on: who runs the same again has the same page.</summary>
internal static class RunSection
{
    public static Markup Render(PageFacts facts) => Markup.Of($"""
        <footer>
        <p>{Run(facts)} <bdi class="path">{facts.ConfigurationFile}</bdi>.</p>
        <p>The same captures, configuration and numbers give the same page: it holds no time of day and no time elapsed.</p>
        </footer>
        """);

    private static string Run(PageFacts facts)
    {
        ReplayOptions replay = facts.Replay;
        return $"Replayed by {Words.Count(facts.Accounts.Vcpus.Length, "vCPU")} with seed {facts.Node.Seed}, in bursts of at most " +
            $"{Words.Count(replay.BurstFrames, "frame")} within {replay.BurstMicroseconds} µs" +
            $"{(facts.Node.StrictMac ? ", with strict MACs" : "")}{(replay.RunsTimers ? ", with live timers" : "")}; configuration";
    }
}

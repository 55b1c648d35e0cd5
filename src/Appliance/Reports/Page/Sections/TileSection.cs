using System.Collections.Immutable;
using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>The numbers that are asked for first.</summary>
internal static class TileSection
{
    public static Markup Render(PageFacts facts)
    {
        NodeAccounts accounts = facts.Accounts;
        ImmutableArray<int> physical = [.. facts.PhysicalPorts.Select(port => port.Index)];
        long bytesIn = physical.Sum(port => accounts.Ports[port].BytesIn);
        long all = accounts.Received + accounts.Generated;
        long bytesOut = physical.Sum(port => accounts.Ports[port].BytesOut);
        return Markup.Of($"""
            <ul class="tiles">
            {Tile("Frames in", Quantity.Count(accounts.Received), Quantity.Bytes(bytesIn))}
            {Tile("Frames out", Quantity.Count(accounts.Transmitted), Quantity.Bytes(bytesOut))}
            {Tile("Dropped", Quantity.Count(accounts.Dropped), $"{Quantity.Percent(accounts.Dropped, all)} of all frames")}
            {Tile("Consumed here", Quantity.Count(accounts.Consumed), $"{Quantity.Count(accounts.Generated)} generated here")}
            {Rates(facts, physical, bytesIn)}
            {Tile("vCPU share, max/mean", VcpuSection.MaxOverMean(accounts), Words.Count(accounts.Vcpus.Length, "vCPU"))}
            {Tile(
                "Frames per train", OffloadSection.PerTrain(facts.Offloads),
                $"{Quantity.Percent(facts.Offloads.LroSegments, accounts.Received)} of frames in trains")}
            </ul>

            """);
    }

    private static IEnumerable<Markup> Rates(PageFacts facts, ImmutableArray<int> physical, long bytesIn)
    {
        double seconds = facts.Report.CaptureSeconds;
        var axis = new TimeAxis(facts.Timeline);
        if (seconds <= 0 || !axis.HasSpan) yield break;
        double Peak(Func<PortTimeline, ImmutableArray<long>> series) => Enumerable.Range(0, axis.Intervals)
            .Max(interval => axis.Rate(physical.Sum(port => series(facts.Timeline.Ports[port])[interval])));

        yield return Tile(
            "Mean rate in", Quantity.Rate(facts.Accounts.Received, seconds, "frames/s"), Quantity.Rate(8 * bytesIn, seconds, "bit/s"));
        yield return Tile(
            $"Peak rate in, over {axis.Width}", Quantity.Rate(Peak(port => port.FramesIn), 1, "frames/s"),
            Quantity.Rate(8 * Peak(port => port.BytesIn), 1, "bit/s"));
    }

    private static Markup Tile(string name, string value, string more) => Markup.Of(
        $"""<li><span>{name}</span><b>{value}</b><small>{more}</small></li>""");
}

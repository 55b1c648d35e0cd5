using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>Rates over time, port by port, each with its accounts.</summary>
internal static class PortSection
{
    private const string Id = "ports";

    /// <summary>Ports with charts. Of more, the busiest have them and the others their numbers only.</summary>
    public const int MostCharted = 12;

    public static Markup Render(PageFacts facts)
    {
        var axis = new TimeAxis(facts.Timeline);
        HashSet<int> charted = axis.HasSpan ? [.. Busiest(facts.Accounts)] : [];
        return PageSection.Of(Id, "Ports", Note(facts, axis), InOrder(facts.Ports, null)
            .Select(port => Card(facts, port, charted.Contains(port.Index), axis)));
    }

    private static string Note(PageFacts facts, TimeAxis axis)
    {
        string note = axis.HasSpan
            ? $"On the captures' own clock, in upwards, out downwards. Each step is the mean of {axis.Width}."
            : "All frames belong to one moment: there is no time to draw rates over.";
        if (axis.HasSpan && facts.Ports.Length > MostCharted) note += $" The {MostCharted} busiest ports are drawn.";
        return note + " Bytes are Ethernet bytes without frame check sequence; " +
            "a frame of a VLAN counts at its sub-port and at the port that carries it.";
    }

    private static IEnumerable<int> Busiest(NodeAccounts accounts) => Enumerable.Range(0, accounts.Ports.Length)
        .OrderByDescending(port => accounts.Ports[port].FramesIn + accounts.Ports[port].FramesOut)
        .Take(MostCharted);

    /// <summary>A sub-port behind the port whose frames it shares.</summary>
    private static IEnumerable<PortModel> InOrder(ImmutableArray<PortModel> ports, int? parent) => ports
        .Where(port => port.ParentIndex == parent)
        .SelectMany(port => InOrder(ports, port.Index).Prepend(port));

    private static Markup Card(PageFacts facts, PortModel port, bool charted, TimeAxis axis)
    {
        PortCounters moved = facts.Accounts.Ports[port.Index];
        return Markup.Of($"""
            <article class="{(port.IsPhysical ? "port" : "port sub")}">
            <h3><bdi>{port.Name}</bdi> <small>{Place(facts.Ports, port)}</small></h3>
            <ul class="legend">
            {Sum("in", moved.FramesIn, Words.Count(moved.BytesIn, "byte"))}
            {Sum("out", moved.FramesOut, Words.Count(moved.BytesOut, "byte"))}
            {Sum("dropped", moved.FramesDropped, "of those in")}
            </ul>
            {(charted && moved.FramesIn + moved.FramesOut > 0 ? Charts(facts, port, axis) : Markup.Nothing)}
            </article>
            """);
    }

    private static Markup Sum(string what, long frames, string more) => Markup.Of($"""
        <li><i class="swatch {what}"></i>{what} <b>{Words.Count(frames, "frame")}</b> <small>{more}</small></li>
        """);

    private static string Place(ImmutableArray<PortModel> ports, PortModel port) =>
        string.Join(" · ", port.Addresses.Select(address => address.ToString())
            .Prepend(port.ParentIndex is { } parent ? $"VLAN {port.VlanId} on {ports[parent].Name}" : "").Where(part => part.Length > 0));

    private static Markup Charts(PageFacts facts, PortModel port, TimeAxis axis)
    {
        PortTimeline moved = facts.Timeline.Ports[port.Index];
        PortCounters sums = facts.Accounts.Ports[port.Index];
        var frames = new MirrorChart(axis, "frames/s", moved.FramesIn, moved.FramesOut);
        var bits = new MirrorChart(axis, "bit/s", moved.BytesIn.Select(ToBits), moved.BytesOut.Select(ToBits));
        return Markup.Of($"""
            <div class="pair">
            {Chart(facts, port, "frames/s", frames, sums.FramesIn, sums.FramesOut)}
            {Chart(facts, port, "bit/s", bits, ToBits(sums.BytesIn), ToBits(sums.BytesOut))}
            </div>
            """);
    }

    private static long ToBits(long bytes) => 8 * bytes;

    private static Markup Chart(PageFacts facts, PortModel port, string unit, MirrorChart chart, long sumIn, long sumOut)
    {
        double seconds = facts.Report.CaptureSeconds;
        return Markup.Of($"""
            <figure><figcaption><b>{unit}</b>
            <span>in: mean {Short(sumIn / seconds)}, peak {Short(chart.PeakIn)}</span>
            <span>out: mean {Short(sumOut / seconds)}, peak {Short(chart.PeakOut)}</span></figcaption>
            {chart.Render($"{unit} at port {port.Name} over time")}
            </figure>
            """);
    }

    /// <summary>A rate whose unit stands beside it.</summary>
    private static string Short(double rate) => Quantity.Rate(rate, 1, "").TrimEnd();
}

using System.Collections.Immutable;
using System.Text;
using Appliance.Configuration;
using Appliance.Node;

namespace Appliance.Reports;

/// <summary>
/// What the report adds where a capture looks as if it was taken or named in a way that misleads: both directions at one port, frames that
/// an offload joined before they were captured. A note, not an error: such traffic may be meant.
/// </summary>
internal static class ReplayNotes
{
    /// <summary>One in so many frames from behind another port is a note; fewer are strangers as any network has them.</summary>
    private const int NotedShare = 10;

    private const string Indent = "              ";

    /// <param name="ports">By index.</param>
    public static string Render(ImmutableArray<InputCensus> censuses, ImmutableArray<PortModel> ports)
    {
        var text = new StringBuilder();
        foreach (InputCensus census in censuses)
        {
            AppendOneSided(text, census, censuses, ports);
            AppendOverMtu(text, census);
        }

        return text.ToString();
    }

    private static void AppendOneSided(
        StringBuilder text, InputCensus census, ImmutableArray<InputCensus> censuses, ImmutableArray<PortModel> ports)
    {
        if (census.Ports.Length > 1) return;                            // a frame that is split has no better port
        long strangers = census.BehindOther.Values.Sum();
        if (strangers == 0 || strangers * NotedShare < census.Routed) return;
        int other = census.BehindOther.OrderByDescending(behind => behind.Value).ThenBy(behind => behind.Key).First().Key;
        string where = census.BehindOther.Count == 1 ? ports[other].Name : "other ports";
        string share = $"{Quantity.Count(strangers)} of {Quantity.Count(census.Routed)} frames";
        text.AppendLine($"note          {share} that enter at {census.Label} come from behind {where};");
        bool hasBoth = censuses.Any(input => input.Ports.Contains(other));
        text.AppendLine(Indent + (hasBoth
            ? "a capture for each port holds what came in there (tcpdump -Q in)"
            : $"--in {census.Label},{ports[other].Name}=FILE splits a capture that saw both directions"));
    }

    private static void AppendOverMtu(StringBuilder text, InputCensus census)
    {
        if (census.OverMtu == 0) return;
        bool isOne = census.OverMtu == 1;
        string frames = $"{Quantity.Count(census.OverMtu)} {(isOne ? "frame" : "frames")} at {census.Label}";
        string datagrams = $"{(isOne ? "has a datagram" : "have datagrams")} over {(census.Ports.Length == 1 ? "its" : "their")} MTU";
        text.AppendLine($"note          {frames} {datagrams} (up to {Quantity.Count(census.LongestBytes)} bytes):");
        text.AppendLine(Indent + "joined by offloads of the host that captured (ethtool -K, in README)");
    }

    /// <summary>Which groups hear nobody, since replay opens no secrets.</summary>
    public static string RenderUnread(ReplayFailoverReport failover)
    {
        if (failover.UnreadGroups.IsEmpty) return "";
        string groups = string.Join(", ", failover.UnreadGroups);
        return $"note          the password of vhid {groups} is in a file, which replay does not open:{Environment.NewLine}"
            + $"{Indent}adverts in captures count only with a password: in the configuration{Environment.NewLine}";
    }

    /// <summary>Where the captures are that <c>--out</c> asked for.</summary>
    public static string RenderOutputs(string directory, ImmutableArray<PortModel> ports)
    {
        const int Columns = 80;
        string[] files = [.. ports.Where(port => port.IsPhysical).Select(port => Path.Combine(directory, $"{port.Name}.pcap"))];
        string line = $"output        {string.Join(", ", files)}";
        if (line.Length > Columns && files.Length > 1)
            line = $"output        {Path.Combine(directory, "PORT.pcap")} for each of {files.Length} ports";
        return line + Environment.NewLine;
    }
}

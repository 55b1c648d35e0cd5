using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Reports;

/// <summary>The report of a replay for people, in 80 columns: what came in, what went where, what did not and why.</summary>
internal static class ReplayTable
{
    /// <summary>Rules that are shown, those of most packets; <c>--rules</c> prints all.</summary>
    private const int MaximumRules = 8;

    /// <param name="report">By port index, as <paramref name="ports"/>.</param>
    /// <param name="elapsed">Seconds that the replay took.</param>
    public static string Render(ReplayReport report, ImmutableArray<PortModel> ports, double elapsed)
    {
        var text = new StringBuilder();
        AppendPorts(text, report, ports);
        AppendDrops(text, report.Accounts);
        AppendRules(text, report);
        if (report.Failover is { } failover) AppendFailover(text, failover);
        AppendVcpus(text, report.Accounts);
        AppendSums(text, report, elapsed);
        return text.ToString();
    }

    private static void AppendPorts(StringBuilder text, ReplayReport report, ImmutableArray<PortModel> ports)
    {
        var table = new TextTable(5, "port", "frames in", "bytes in", "frames out", "bytes out", "dropped");
        AddPorts(table, report, ports, null, "");
        table.AppendTo(text);
    }

    /// <summary>A sub-port stands, further in, under the port whose frames it shares.</summary>
    private static void AddPorts(TextTable table, ReplayReport report, ImmutableArray<PortModel> ports, int? parent, string indent)
    {
        foreach (PortModel port in ports.Where(port => port.ParentIndex == parent))
        {
            PortCounters counters = report.Accounts.Ports[port.Index];
            table.Add(
                indent + port.Name, Quantity.Count(counters.FramesIn), Quantity.Count(counters.BytesIn),
                Quantity.Count(counters.FramesOut), Quantity.Count(counters.BytesOut), Quantity.Count(counters.FramesDropped));
            AddPorts(table, report, ports, port.Index, indent + "  ");
        }
    }

    private static void AppendDrops(StringBuilder text, NodeAccounts accounts)
    {
        if (accounts.Drops.IsEmpty) return;
        var table = new TextTable(1, "dropped as", "frames", "because the frame");
        foreach ((string reason, long frames) in accounts.Drops.OrderByDescending(drop => drop.Value))
            table.Add(reason, Quantity.Count(frames), DropReasonWords.Of(reason));
        table.AppendTo(text);
    }

    private static void AppendRules(StringBuilder text, ReplayReport report)
    {
        IEnumerable<RuleAccounts> met = report.Rules.Where(rule => rule.Packets > 0);
        RuleAccounts[] busiest = [.. met.OrderByDescending(rule => rule.Packets).Take(MaximumRules)];
        if (busiest.Length == 0) return;
        var table = new TextTable(3, "rule", "packets", "bytes", "states made");
        foreach (RuleAccounts rule in busiest)
            table.Add(rule.Id, Quantity.Count(rule.Packets), Quantity.Count(rule.Bytes), Quantity.Count(rule.StatesCreated));
        table.AppendTo(text);
    }

    private static void AppendFailover(StringBuilder text, ReplayFailoverReport failover)
    {
        var groups = new TextTable(1, "carp", "transitions", "state");
        foreach (ReplayGroup group in failover.Groups)
            groups.Add($"{Quantity.Count(group.Vhid)}@{group.Port}", Quantity.Count(group.Transitions), group.State);
        groups.AppendTo(text);
        if (failover.Transitions.IsEmpty) return;
        var transitions = new TextTable(0, "second", "transition");
        foreach (ReplayTransition moved in failover.Transitions)
            transitions.Add(moved.Seconds.ToString("0.000000", CultureInfo.InvariantCulture), moved.Text);
        transitions.AppendTo(text);
    }

    private static void AppendVcpus(StringBuilder text, NodeAccounts accounts)
    {
        var table = new TextTable(4, "vcpu", "frames", "share", "bytes", "batches");
        foreach (VcpuAccounts vcpu in accounts.Vcpus)
        {
            table.Add(
                Quantity.Count(vcpu.Id), Quantity.Count(vcpu.Frames), Quantity.Percent(vcpu.Frames, accounts.Received),
                Quantity.Count(vcpu.Bytes), Quantity.Count(vcpu.Batches));
        }

        table.AppendTo(text);
    }

    private static void AppendSums(StringBuilder text, ReplayReport report, double elapsed)
    {
        NodeAccounts accounts = report.Accounts;
        if (report.HasRuleset) AppendFirewall(text, report);
        text.AppendLine(
            $"checksums     {Quantity.Count(accounts.ChecksumsVerified)} verified, of them {Quantity.Count(accounts.ChecksumsBad)} bad; " +
            $"{Quantity.Count(accounts.ChecksumsComputed)} computed");
        if (report.Log is { Records: > 0 } or { Lost: > 0 })
            text.AppendLine($"log           {Quantity.Count(report.Log.Records)} records, {Quantity.Count(report.Log.Lost)} lost");
        text.AppendLine(SpeedLine(accounts.Received, accounts.Vcpus.Sum(vcpu => vcpu.Bytes), elapsed));
        text.AppendLine($"time          {Quantity.Seconds(report.CaptureSeconds)} of capture in {Quantity.Seconds(elapsed)}");
        text.AppendLine($"accounts      {Quantity.Count(accounts.Received)} in + {Quantity.Count(accounts.Generated)} generated");
        text.AppendLine($"            = {Quantity.Count(accounts.Transmitted)} out + {Quantity.Count(accounts.Dropped)} dropped + " +
            $"{Quantity.Count(accounts.Consumed)} consumed: {(accounts.IsBalanced ? Paint.Good("balanced") : Paint.Bad("NOT BALANCED"))}");
    }

    private static void AppendFirewall(StringBuilder text, ReplayReport report)
    {
        VerdictSums sums = report.Sums;
        (long created, long ended) = (report.Accounts.StatesCreated, report.Accounts.StatesEnded);
        text.AppendLine($"verdicts      {Quantity.Count(sums.Pass)} pass, {Quantity.Count(sums.Block)} block, " +
            $"{Quantity.Count(sums.Drop)} drop, {Quantity.Count(sums.Consume)} consume");
        text.AppendLine(
            $"states        {Quantity.Count(created)} created, {Quantity.Count(ended)} expired, {Quantity.Count(created - ended)} current");
    }

    /// <summary>In less than a second the start of the program weighs more than the frames.</summary>
    internal static string SpeedLine(long frames, long bytes, double elapsed)
    {
        string speed = $"speed         {Quantity.Rate(frames, elapsed, "frames/s")}, {Quantity.Rate(8.0 * bytes, elapsed, "bit/s")}";
        return elapsed < 1 ? speed + " (too short a run to judge)" : speed;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>How the load was shared: frames of each worker beside their mean, and over time.</summary>
internal static class VcpuSection
{
    private const string Id = "vcpus";

    /// <summary>How much more the busiest worker judged than the mean: 1 is even.</summary>
    public static string MaxOverMean(NodeAccounts accounts)
    {
        double mean = Mean(accounts);
        return mean <= 0 ? "–" : (Most(accounts) / mean).ToString("F2", CultureInfo.InvariantCulture);
    }

    public static Markup Render(PageFacts facts)
    {
        NodeAccounts accounts = facts.Accounts;
        long peak = facts.Timeline.Vcpus.SelectMany(amounts => amounts).Append(1).Max();
        string note = "Frames by the vCPU that owns their flow, after hand-off; a flow stays on one vCPU. " +
            $"Max/mean is {MaxOverMean(accounts)}; the mark is the mean. Small pictures: the same frames over time, all on one scale.";
        return PageSection.Of(Id, "Share per vCPU", note, Markup.Of($"""
            <ul class="rows vcpus">{accounts.Vcpus.Select((vcpu, i) => Row(accounts, vcpu, facts.Timeline.Vcpus[i], peak))}</ul>
            """));
    }

    private static Markup Row(NodeAccounts accounts, VcpuAccounts vcpu, ImmutableArray<long> amounts, long peak)
    {
        string name = $"vCPU {vcpu.Id}";
        string share = Quantity.Percent(vcpu.Frames, accounts.Vcpus.Sum(other => other.Frames));
        string work = $"{Words.Count(vcpu.Bytes, "byte")} · {Words.Count(vcpu.Batches, "batch", "batches")} of {PerBatch(vcpu)}";
        return Markup.Of($"""
            <li><span class="name">{name}</span>
            {LengthBar.Render("own", $"{name} {Words.Count(vcpu.Frames, "frame")}", vcpu.Frames, Most(accounts), Mean(accounts))}
            <span class="number"><b>{Quantity.Count(vcpu.Frames)}</b> <small>{share}</small></span>
            {SparkChart.Render($"{name} over time", amounts, peak)}
            <span class="words">{work}</span></li>
            """);
    }

    private static string PerBatch(VcpuAccounts vcpu) =>
        vcpu.Batches == 0 ? "0" : ((double)vcpu.Frames / vcpu.Batches).ToString("F1", CultureInfo.InvariantCulture);

    private static long Most(NodeAccounts accounts) => accounts.Vcpus.Max(vcpu => vcpu.Frames);

    private static double Mean(NodeAccounts accounts) => accounts.Vcpus.Average(vcpu => vcpu.Frames);
}

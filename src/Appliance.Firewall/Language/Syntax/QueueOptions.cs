using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Appliance.Firewall.Language;

/// <summary>The options of an ALTQ interface or queue, and the lines that pfctl prints of them.</summary>
internal sealed class QueueOptions
{
    private const int DefaultPriority = 1;
    private const int DefaultLimit = 50;
    private const int MtuBytes = 1500;

    public string Scheduler { get; set; } = "";
    public HashSet<string> Flags { get; } = new(StringComparer.Ordinal);
    public ImmutableArray<string> FlagOrder { get; set; } = [];
    public QueueBandwidth Bandwidth { get; set; } = QueueBandwidth.Whole;
    public int Priority { get; set; } = DefaultPriority;
    public int Limit { get; set; } = DefaultLimit;
    public long BucketSize { get; set; }

    public string AltqLine(string name, ImmutableArray<string> queues)
    {
        var line = new StringBuilder($"altq on {name} ");
        if (!AppendScheduler(line, Scheduler)) line.Append(Scheduler).Append(' ');
        AppendBandwidth(line);
        AppendLimit(line);
        line.Append(CultureInfo.InvariantCulture, $"tbrsize {(BucketSize > 0 ? BucketSize : DefaultBucketSize)} ");
        if (!queues.IsEmpty) line.Append("queue { ").AppendJoin(' ', queues).Append(" }");
        return line.ToString();
    }

    public string QueueLine(string name, string? onInterface, string scheduler, ImmutableArray<string> queues)
    {
        var line = new StringBuilder($"queue {name} ");
        if (onInterface is not null) line.Append("on ").Append(onInterface).Append(' ');
        if (scheduler != "priq") AppendBandwidth(line);
        if (Priority != DefaultPriority) line.Append(CultureInfo.InvariantCulture, $"priority {Priority} ");
        AppendLimit(line);
        AppendScheduler(line, scheduler);
        if (!queues.IsEmpty) line.Append("{ ").AppendJoin(' ', queues).Append(" }");
        return line.ToString();
    }

    /// <summary>So many packets of the interface's size as the rate asks for.</summary>
    private long DefaultBucketSize => MtuBytes * (Bandwidth.BitsPerSecond switch
    {
        <= 1_000_000 => 1,
        <= 10_000_000 => 4,
        <= 200_000_000 => 8,
        <= 2_500_000_000 => 24,
        _ => 128,
    });

    private bool AppendScheduler(StringBuilder line, string scheduler)
    {
        if (Flags.Count == 0) return false;
        line.Append(scheduler).Append("( ").AppendJoin(' ', FlagOrder.Where(Flags.Contains)).Append(" ) ");
        return true;
    }

    private void AppendBandwidth(StringBuilder line)
    {
        if (Bandwidth.Percent != 100) line.Append("bandwidth ").Append(Bandwidth).Append(' ');
    }

    private void AppendLimit(StringBuilder line)
    {
        if (Limit != DefaultLimit) line.Append(CultureInfo.InvariantCulture, $"qlimit {Limit} ");
    }
}

using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Node;

namespace Appliance.Management;

/// <summary>The packets that were logged last, for whoever looks. Used by the control thread.</summary>
internal sealed class RecentLog
{
    /// <summary>Packets that are remembered.</summary>
    public const int Capacity = 1000;

    private readonly Queue<LogEntry> _entries = new(Capacity);

    /// <summary>The latest last, with times of day.</summary>
    public LogEntry[] Entries => [.. _entries];

    /// <summary>Takes what the node has logged since the last time.</summary>
    public void Take(ApplianceNode node, Func<MonotonicTime, DateTimeOffset> timeOf) => node.ReadLog(entry =>
    {
        if (_entries.Count == Capacity) _entries.Dequeue();
        long nanoseconds = (timeOf(new MonotonicTime(entry.Nanoseconds)) - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        _entries.Enqueue(entry with { Nanoseconds = nanoseconds });
    });
}

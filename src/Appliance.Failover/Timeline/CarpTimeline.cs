namespace Appliance.Failover;

/// <summary>The last transitions of a box, oldest first; a new one pushes the oldest out.</summary>
public sealed class CarpTimeline
{
    public const int Capacity = 256;

    private readonly Queue<CarpTimelineEntry> _entries = new(Capacity);

    public IReadOnlyCollection<CarpTimelineEntry> Entries => _entries;

    internal void Add(in CarpTimelineEntry entry)
    {
        if (_entries.Count == Capacity) _entries.Dequeue();
        _entries.Enqueue(entry);
    }
}

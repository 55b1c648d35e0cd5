namespace Appliance.Firewall;

/// <summary>
/// The writer's side of a table's counters: which slot is whose. A slot that changes hands keeps counting up in the workers' arrays, which
/// only they write; what it had counted before is noted here and left out of every sum.
/// </summary>
internal sealed class TableSlots
{
    private readonly Stack<int> _free = [];
    private readonly List<TableCounters> _workers = [];
    private readonly Dictionary<(int Slot, RuleDirection Direction, bool Passed), TableCount> _before = [];
    private int _used;

    public TableCounters OpenCounters()
    {
        var counters = new TableCounters();
        counters.Reserve(_used);
        _workers.Add(counters);
        return counters;
    }

    public int Rent()
    {
        bool isFresh = _free.Count == 0;
        int slot = isFresh ? _used++ : _free.Pop();
        foreach (TableCounters worker in _workers) worker.Reserve(_used);
        if (!isFresh) Zero(slot);
        return slot;
    }

    public void Return(int slot) => _free.Push(slot);

    /// <summary>Counts from here on.</summary>
    public void Zero(int slot)
    {
        foreach (RuleDirection direction in (ReadOnlySpan<RuleDirection>)[RuleDirection.In, RuleDirection.Out])
        {
            _before[(slot, direction, false)] = Sum(slot, direction, passed: false);
            _before[(slot, direction, true)] = Sum(slot, direction, passed: true);
        }
    }

    /// <summary>Of all workers, since the slot's entry was added or zeroed.</summary>
    public TableCount Total(int slot, RuleDirection direction, bool passed) =>
        Sum(slot, direction, passed) - _before.GetValueOrDefault((slot, direction, passed));

    private TableCount Sum(int slot, RuleDirection direction, bool passed)
    {
        var sum = default(TableCount);
        foreach (TableCounters worker in _workers) sum += worker.Read(slot, direction, passed);
        return sum;
    }
}

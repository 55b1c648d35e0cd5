namespace Appliance.Firewall;

/// <summary>
/// One worker's counters for the entries of a table that counts: packets and bytes by direction and by whether they passed. Only the worker
/// adds; room for new entries is made by the table's writer before it publishes them, in blocks that never move.
/// </summary>
public sealed class TableCounters
{
    internal const int CellsOfSlot = 4;             // in blocked, in passed, out blocked, out passed
    private const int SlotsOfBlock = 1024;
    private TableCount[][] _blocks = [];

    internal TableCounters()
    {
    }

    public void Count(int slot, RuleDirection direction, bool passed, int packets, long bytes) =>
        Cell(slot, direction, passed) += new TableCount(packets, bytes);

    internal TableCount Read(int slot, RuleDirection direction, bool passed) => Cell(slot, direction, passed);

    /// <summary>Makes room for so many slots. By the writer.</summary>
    internal void Reserve(int slots)
    {
        int blocks = (slots + SlotsOfBlock - 1) / SlotsOfBlock;
        if (blocks <= _blocks.Length) return;
        var more = new TableCount[blocks][];
        _blocks.CopyTo(more, 0);
        for (int i = _blocks.Length; i < blocks; i++) more[i] = new TableCount[SlotsOfBlock * CellsOfSlot];
        Volatile.Write(ref _blocks, more);
    }

    private ref TableCount Cell(int slot, RuleDirection direction, bool passed)
    {
        int cell = (slot % SlotsOfBlock * CellsOfSlot) + (direction == RuleDirection.Out ? 2 : 0) + (passed ? 1 : 0);
        return ref Volatile.Read(ref _blocks)[slot / SlotsOfBlock][cell];
    }
}

using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>
/// The entries of the control side and who must go when a port has too many: first the oldest that no worker ever used, then the one that
/// was used longest ago; never one in use. What nobody has answered for has a share of its own (<see cref="NeighbourLimits"/>): the oldest
/// of these makes room, unless it has just been asked for. So a scan costs the scanned nothing but answers late.
/// </summary>
internal sealed class NeighbourCache
{
    private readonly NeighbourLimits _limits;
    private readonly NeighbourCells _cells;
    private readonly Dictionary<NeighbourKey, NeighbourEntry> _byKey = [];
    private readonly NeighbourEntry?[] _byCell;
    private readonly Stack<int> _free = new();
    private readonly List<LinkedList<NeighbourEntry>> _lists = [];      // by port and kind

    private enum Kind
    {
        Unknown,
        Strangers,          // STALE, and never used
        Idle,               // STALE, and used at some time
        Active,
    }

    private const int Kinds = 4;

    public NeighbourCache(NeighbourLimits limits, NeighbourCells cells)
    {
        (_limits, _cells) = (limits, cells);
        _byCell = new NeighbourEntry?[cells.Capacity + 1];
        for (int cell = cells.Capacity; cell > 0; cell--) _free.Push(cell);
    }

    public int Count => _byKey.Count;

    public IEnumerable<NeighbourEntry> Entries => _byKey.Values;

    /// <summary>The entry in a cell.</summary>
    public NeighbourEntry this[int cell] => _byCell[cell]!;

    public NeighbourEntry? Find(in NeighbourKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>
    /// Makes room for one that comes to a state, among those of its port. Answers who has to go first, or null; false: there is no room.
    /// </summary>
    public bool TryMakeRoom(int port, NeighbourState state, MonotonicTime now, out NeighbourEntry? goes)
    {
        goes = null;
        LinkedList<NeighbourEntry> unknown = ListOf(port, Kind.Unknown);
        if (IsUnknown(state))
        {
            if (unknown.Count < _limits.UnknownPerPort && _free.Count > 0) return true;
            goes = unknown.First?.Value;
            return goes is not null && (goes.State == NeighbourState.Failed || now - goes.Since >= NeighbourTimes.MinUnknownAge);
        }

        LinkedList<NeighbourEntry> strangers = ListOf(port, Kind.Strangers), idle = ListOf(port, Kind.Idle);
        bool isInShare = strangers.Count + idle.Count + ListOf(port, Kind.Active).Count < _limits.KnownPerPort;
        if (isInShare && _free.Count > 0) return true;
        goes = strangers.First?.Value ?? idle.First?.Value;
        return goes is not null;
    }

    /// <summary>A new entry, which is nobody's kind until <see cref="Place"/>. There is room.</summary>
    public NeighbourEntry Add(in NeighbourKey key)
    {
        int cell = _free.Pop();
        var entry = new NeighbourEntry(cell) { Key = key };
        _byCell[cell] = entry;
        _byKey.Add(key, entry);
        _cells.Add(cell, key);
        return entry;
    }

    /// <summary>Puts an entry to the end of those of its kind: it has just come to its state.</summary>
    public void Place(NeighbourEntry entry)
    {
        entry.Node.List?.Remove(entry.Node);
        ListOf(entry.Key.Port, KindOf(entry)).AddLast(entry.Node);
    }

    public void Remove(NeighbourEntry entry)
    {
        entry.Node.List?.Remove(entry.Node);
        _byKey.Remove(entry.Key);
        _byCell[entry.Cell] = null;
        _free.Push(entry.Cell);
        _cells.Remove(entry.Cell, isRemembered: entry.WasUsed && entry.WasKnown);
    }

    public static bool IsUnknown(NeighbourState state) =>
        state is NeighbourState.Incomplete or NeighbourState.Failed;

    private LinkedList<NeighbourEntry> ListOf(int port, Kind kind)
    {
        int index = (port * Kinds) + (int)kind;
        while (_lists.Count <= index) _lists.Add(new LinkedList<NeighbourEntry>());
        return _lists[index];
    }

    private static Kind KindOf(NeighbourEntry entry) =>
        IsUnknown(entry.State) ? Kind.Unknown
        : entry.State != NeighbourState.Stale ? Kind.Active
        : entry.WasUsed ? Kind.Idle : Kind.Strangers;
}

using System.Numerics;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>
/// The learned neighbours as workers see them: changed in place by the one control thread, read by any worker without a lock. A cell is
/// a neighbour's; what is known of it is one word (<see cref="NeighbourWord"/>). A reference to a cell holds while its generation does, so
/// that a MAC address is never read of another neighbour than was meant. Cells are found by chains from hash slots; a walk that a change
/// crosses may miss a neighbour but never finds a wrong one: who misses asks, and looks again when something has changed.
/// </summary>
internal sealed class NeighbourCells
{
    /// <summary>Cells that a walk looks at, at most: under a secret hash no chain is that long.</summary>
    public const int MaxChain = 64;

    private readonly Cell[] _cells;                                     // 0: none
    private readonly int[] _heads;
    private readonly int _shift;
    private readonly NeighbourHash _hash;
    private uint _changes;
    private uint _departures;

    private struct Cell
    {
        public ulong Word;
        public uint Generation;                                         // even: the cell is somebody's
        public int Next;                                                // in its chain; 0: the end
        public ulong High, Low;
        public uint Link;                                               // port, and 0x10000 for IPv6
    }

    /// <param name="capacity">Neighbours, at most.</param>
    public NeighbourCells(int capacity, KeyedRandom random)
    {
        Capacity = capacity;
        _cells = new Cell[capacity + 1];
        for (int i = 0; i < _cells.Length; i++) _cells[i].Generation = 1;
        int slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, capacity * 2));
        _heads = new int[slots];
        _shift = 64 - BitOperations.Log2((uint)slots);
        _hash = new NeighbourHash(random);
    }

    public int Capacity { get; }

    /// <summary>Counts what those may wait for who hold frames: a neighbour that was unknown is known, or did not answer.</summary>
    public uint Changes => Volatile.Read(ref _changes);

    /// <summary>Counts neighbours that workers may remember and that have no cell any more.</summary>
    public uint Departures => Volatile.Read(ref _departures);

    /// <summary>Any thread: the cell of a neighbour and what it says. False: it has none, or may have got one just now.</summary>
    public bool TryFind(in NeighbourKey key, out CellReference found, out NeighbourWord word)
    {
        (ulong high, ulong low, uint link) = Split(key);
        int index = Volatile.Read(ref _heads[SlotOf(high, low, link)]);
        for (int steps = 0; index != 0 && steps < MaxChain; steps++)
        {
            ref Cell cell = ref _cells[index];
            uint generation = Volatile.Read(ref cell.Generation);
            bool isMeant = Volatile.Read(ref cell.Low) == low && Volatile.Read(ref cell.High) == high
                && Volatile.Read(ref cell.Link) == link;
            if (isMeant)
            {
                word = new NeighbourWord(Volatile.Read(ref cell.Word));
                found = new CellReference(index, generation);
                return (generation & 1) == 0 && Volatile.Read(ref cell.Generation) == generation;
            }

            index = Volatile.Read(ref cell.Next);
        }

        (found, word) = (default, default);
        return false;
    }

    /// <summary>Any thread: what is known of the neighbour that a reference means. False: its cell is not that one's any more.</summary>
    public bool TryRead(in CellReference reference, out NeighbourWord word)
    {
        ref Cell cell = ref _cells[reference.Index];
        word = new NeighbourWord(Volatile.Read(ref cell.Word));
        return Volatile.Read(ref cell.Generation) == reference.Generation;
    }

    /// <summary>Any thread: whose cell it is. False: not the one's any more that the reference means.</summary>
    public bool TryReadKey(in CellReference reference, out NeighbourKey key)
    {
        ref Cell cell = ref _cells[reference.Index];
        key = NeighbourHash.KeyOf(Volatile.Read(ref cell.High), Volatile.Read(ref cell.Low), Volatile.Read(ref cell.Link));
        return Volatile.Read(ref cell.Generation) == reference.Generation;
    }

    /// <summary>Control: gives a free cell, from 1, to a neighbour that has none.</summary>
    public void Add(int index, in NeighbourKey key)
    {
        ref Cell cell = ref _cells[index];
        (ulong high, ulong low, uint link) = Split(key);
        Volatile.Write(ref cell.High, high);
        Volatile.Write(ref cell.Low, low);
        Volatile.Write(ref cell.Link, link);
        ref int head = ref _heads[SlotOf(high, low, link)];
        cell.Next = head;
        Volatile.Write(ref cell.Generation, (cell.Generation + 1) & CellReference.GenerationMask);
        Volatile.Write(ref head, index);
    }

    /// <summary>Control: says what is known.</summary>
    /// <param name="isNews">Whether frames may wait for it.</param>
    public void Publish(int index, NeighbourState state, MacAddress mac, bool isNews)
    {
        ref Cell cell = ref _cells[index];
        Volatile.Write(ref cell.Word, new NeighbourWord(cell.Word).Next(state, mac).Bits);
        if (isNews) Announce();
    }

    /// <summary>Control: has those look who wait for something.</summary>
    public void Announce() => Volatile.Write(ref _changes, _changes + 1);

    /// <summary>Control: takes the cell away.</summary>
    /// <param name="isRemembered">Whether workers may remember it.</param>
    public void Remove(int index, bool isRemembered)
    {
        ref Cell cell = ref _cells[index];
        ref int link = ref _heads[SlotOf(cell.High, cell.Low, cell.Link)];
        while (link != index) link = ref _cells[link].Next;
        Volatile.Write(ref link, cell.Next);
        Volatile.Write(ref cell.Generation, cell.Generation + 1);
        Volatile.Write(ref cell.Word, new NeighbourWord(cell.Word).Next(NeighbourState.Vacant, default).Bits);
        if (isRemembered) Volatile.Write(ref _departures, _departures + 1);
    }

    private static (ulong High, ulong Low, uint Link) Split(in NeighbourKey key) =>
        ((ulong)(key.Address.Bits >> 64), (ulong)key.Address.Bits, NeighbourHash.LinkOf(key));

    private int SlotOf(ulong high, ulong low, uint link) => (int)(_hash.Of(high, low, link) >> _shift);
}

namespace Appliance.Routing.Fib;

/// <summary>
/// The tables of <see cref="Ipv4PrefixTable"/> as the writer sees them. Beside every entry it notes the length of the route that shows
/// there, so that a shorter route never covers a longer one, and for every group how many routes and further groups need it.
/// </summary>
internal sealed class Ipv4Levels : IDisposable
{
    private const int CoarseLength = 8;                               // the longest prefix of each table
    private const int DirectLength = 24;
    private const int MiddleLength = 28;
    private const int FineLength = 32;
    private const int GroupSize = Ipv4Entry.GroupSize;

    // Notes are the length plus one: zeroed memory says that no route shows.
    private readonly NativeArray<ushort> _coarse;
    private readonly NativeArray<byte> _coarseNotes;
    private readonly NativeArray<ushort> _direct;
    private readonly NativeArray<byte> _directNotes;
    private readonly NativeArray<ushort> _groups;
    private readonly NativeArray<byte> _groupNotes;
    private readonly NativeArray<byte> _groupUses;                    // at most 16 groups and 30 routes
    private readonly NativeArray<ushort> _freeGroups;                 // a stack of groups that were used before
    private int _freeGroupCount;
    private int _groupsEverUsed;

    /// <summary>Only what lookups read comes from <paramref name="memory"/>; the notes are the writer's own.</summary>
    public Ipv4Levels(int maximumGroups, ITableMemory memory)
    {
        int groupEntries = (maximumGroups + 1) * GroupSize;
        _coarse = new NativeArray<ushort>(1 << CoarseLength, memory);
        _direct = new NativeArray<ushort>(1 << DirectLength, memory);
        _groups = new NativeArray<ushort>(groupEntries, memory);
        _coarseNotes = new NativeArray<byte>(1 << CoarseLength, ProcessMemory.Instance);
        _directNotes = new NativeArray<byte>(1 << DirectLength, ProcessMemory.Instance);
        _groupNotes = new NativeArray<byte>(groupEntries, ProcessMemory.Instance);
        _groupUses = new NativeArray<byte>(maximumGroups + 1, ProcessMemory.Instance);
        _freeGroups = new NativeArray<ushort>(maximumGroups, ProcessMemory.Instance);
    }

    /// <summary>
    /// The shortest length that shows in the same tables as this one: what is coarse is never copied into the finer ones.
    /// </summary>
    public static int ShortestShownWith(int length) => length <= CoarseLength ? 0 : CoarseLength + 1;

    public Ipv4LookupKernel CreateKernel() => new(_direct, _coarse, _groups);

    /// <summary>Whether <see cref="Open"/> will find the groups that a route of this length needs.</summary>
    public bool HasRoomFor(uint network, int length)
    {
        int free = _freeGroups.Length - _groupsEverUsed + _freeGroupCount;
        if (length <= DirectLength) return true;
        ushort entry = _direct[DirectIndex(network)];
        if (!Ipv4Entry.IsGroup(entry)) return free >= (length > MiddleLength ? 2 : 1);
        return length <= MiddleLength || free >= 1 || Ipv4Entry.IsGroup(_groups[MiddleIndex(entry, network)]);
    }

    /// <summary>Opens the groups that a new route of this length shows in, or counts it as one more use of them.</summary>
    public void Open(uint network, int length)
    {
        if (length <= DirectLength) return;
        ushort middle = OpenGroup(ref _direct[DirectIndex(network)], _directNotes[DirectIndex(network)], out _);
        if (length > MiddleLength)
        {
            int index = MiddleIndex(middle, network);
            ushort fine = OpenGroup(ref _groups[index], _groupNotes[index], out bool opened);
            _groupUses[fine]++;
            if (!opened) return;
        }

        _groupUses[middle]++;
    }

    /// <summary>Ends one use of the groups that a route of this length showed in. It must be painted over already.</summary>
    public void Close(uint network, int length)
    {
        if (length <= DirectLength) return;
        ushort middle = _direct[DirectIndex(network)];
        if (length > MiddleLength)
        {
            int index = MiddleIndex(middle, network);
            if (!CloseGroup(ref _groups[index], ref _groupNotes[index])) return;
        }

        CloseGroup(ref _direct[DirectIndex(network)], ref _directNotes[DirectIndex(network)]);
    }

    /// <summary>
    /// Gives every entry that the prefix covers this one, except where a longer route shows. <paramref name="shownLength"/> is the length
    /// of the route that shows then, -1 for none. Serves adding and removing alike: under a prefix that is present, no entry shows a
    /// shorter route than it.
    /// </summary>
    public void Paint(uint network, int length, ushort entry, int shownLength)
    {
        var brush = new Brush((byte)(length + 1), entry, (byte)(shownLength + 1));
        if (length <= CoarseLength)
        {
            PaintRange(_coarse, _coarseNotes, (int)(network >> (FineLength - CoarseLength)), 1 << (CoarseLength - length), brush);
        }
        else if (length <= DirectLength)
        {
            PaintRange(_direct, _directNotes, DirectIndex(network), 1 << (DirectLength - length), brush);
        }
        else if (length <= MiddleLength)
        {
            PaintRange(_groups, _groupNotes, MiddleIndex(_direct[DirectIndex(network)], network), 1 << (MiddleLength - length), brush);
        }
        else
        {
            int middle = MiddleIndex(_direct[DirectIndex(network)], network);
            PaintRange(_groups, _groupNotes, FineIndex(_groups[middle], network), 1 << (FineLength - length), brush);
        }
    }

    public void Dispose()
    {
        _coarse.Free();
        _coarseNotes.Free();
        _direct.Free();
        _directNotes.Free();
        _groups.Free();
        _groupNotes.Free();
        _groupUses.Free();
        _freeGroups.Free();
    }

    private static int DirectIndex(uint address) => (int)(address >> (FineLength - DirectLength));

    private static int MiddleIndex(ushort group, uint address) => (int)(Ipv4Entry.GroupStart(group) + ((address >> 4) & 15));

    private static int FineIndex(ushort group, uint address) => (int)(Ipv4Entry.GroupStart(group) + (address & 15));

    private void PaintRange(in NativeArray<ushort> entries, in NativeArray<byte> notes, int first, int count, in Brush brush)
    {
        for (int index = first; index < first + count; index++)
        {
            if (Ipv4Entry.IsGroup(entries[index]))
            {
                PaintRange(_groups, _groupNotes, (int)Ipv4Entry.GroupStart(entries[index]), GroupSize, brush);
            }
            else if (notes[index] <= brush.CoversUpTo)
            {
                Volatile.Write(ref entries[index], brush.Entry);
                notes[index] = brush.Note;
            }
        }
    }

    /// <summary>
    /// The group that the entry leads to. A new one begins as sixteen copies of the entry and is published when it is whole.
    /// </summary>
    private ushort OpenGroup(ref ushort entry, byte note, out bool opened)
    {
        opened = !Ipv4Entry.IsGroup(entry);
        if (!opened) return entry;
        ushort group = _freeGroupCount > 0 ? _freeGroups[--_freeGroupCount] : (ushort)++_groupsEverUsed;
        int start = (int)Ipv4Entry.GroupStart(group);
        _groups.Slice(start, GroupSize).Fill(entry);
        _groupNotes.Slice(start, GroupSize).Fill(note);
        Volatile.Write(ref entry, group);
        return group;
    }

    /// <summary>
    /// After the last use the sixteen entries are alike, and the entry that led to them takes their place. True when it did.
    /// </summary>
    private bool CloseGroup(ref ushort entry, ref byte note)
    {
        ushort group = entry;
        if (--_groupUses[group] > 0) return false;
        int start = (int)Ipv4Entry.GroupStart(group);
        note = _groupNotes[start];
        Volatile.Write(ref entry, _groups[start]);
        _freeGroups[_freeGroupCount++] = group;
        return true;
    }

    /// <summary>What to paint: over notes up to the first, the entry and its own note.</summary>
    private readonly record struct Brush(byte CoversUpTo, ushort Entry, byte Note);
}

using Appliance.Engine;

namespace Appliance.Routing.Fib;

/// <summary>
/// The tables of <see cref="Ipv4PrefixTable"/> as the writer sees them. Beside every entry it notes the length of the route that shows
/// there, so that a shorter route never covers a longer one, and for every group how many routes and further groups need it.
/// </summary>
internal sealed class Ipv4Levels : IDisposable
{
    private const int CoarseLength = 8;                               // the longest prefix of each table
    private const int DirectLength = 24;
    private const int FineLength = 32;
    private const int GroupSize = Ipv4Entry.GroupSize;

    // Notes are the length plus one: zeroed memory says that no route shows.
    private readonly NativeArray<ushort> _coarse;
    private readonly NativeArray<byte> _coarseNotes;
    private readonly NativeArray<ushort> _direct;
    private readonly NativeArray<byte> _directNotes;
    private readonly NativeArray<ushort> _groups;
    private readonly NativeArray<byte> _groupNotes;
    private readonly NativeArray<ushort> _groupUses;                  // routes longer than /24: at most 510
    private readonly NativeArray<ushort> _freeGroups;                 // a stack of groups that were used before
    private int _freeGroupCount;
    private int _groupsEverUsed;

    /// <summary>What lookups read comes from <paramref name="memory"/>, the writer's notes from its sparse kind.</summary>
    public Ipv4Levels(int maximumGroups, ITableMemory memory)
    {
        int groupEntries = (maximumGroups + 1) * GroupSize;
        _coarse = new NativeArray<ushort>(1 << CoarseLength, memory);
        _direct = new NativeArray<ushort>(1 << DirectLength, memory);
        _groups = new NativeArray<ushort>(groupEntries, memory);
        _coarseNotes = new NativeArray<byte>(1 << CoarseLength, memory.Sparse);
        _directNotes = new NativeArray<byte>(1 << DirectLength, memory.Sparse);
        _groupNotes = new NativeArray<byte>(groupEntries, memory.Sparse);
        _groupUses = new NativeArray<ushort>(maximumGroups + 1, memory.Sparse);
        _freeGroups = new NativeArray<ushort>(maximumGroups, memory.Sparse);
    }

    /// <summary>
    /// The shortest length that shows in the same tables as this one: what is coarse is never copied into the finer ones.
    /// </summary>
    public static int ShortestShownWith(int length) => length <= CoarseLength ? 0 : CoarseLength + 1;

    public Ipv4LookupKernel CreateKernel() => new(_direct, _coarse, _groups);

    /// <summary>Whether <see cref="Open"/> will find the group that a route of this length needs.</summary>
    public bool HasRoomFor(uint network, int length) =>
        length <= DirectLength
        || Ipv4Entry.IsGroup(_direct[DirectIndex(network)])
        || _freeGroupCount > 0
        || _groupsEverUsed < _freeGroups.Length;

    /// <summary>
    /// Counts a new route longer than /24 as one more use of its group. A new group begins as copies of the direct entry, and is published
    /// when it is whole.
    /// </summary>
    public void Open(uint network, int length)
    {
        if (length <= DirectLength) return;
        int index = DirectIndex(network);
        ushort group = _direct[index];
        if (!Ipv4Entry.IsGroup(group))
        {
            group = _freeGroupCount > 0 ? _freeGroups[--_freeGroupCount] : (ushort)++_groupsEverUsed;
            int start = (int)Ipv4Entry.GroupStart(group);
            _groups.Slice(start, GroupSize).Fill(_direct[index]);
            _groupNotes.Slice(start, GroupSize).Fill(_directNotes[index]);
            Volatile.Write(ref _direct[index], group);
        }

        _groupUses[group]++;
    }

    /// <summary>
    /// Ends the use of its group by a route longer than /24, which must be painted over already. After the last one all entries of the
    /// group are alike, and the direct entry takes their place.
    /// </summary>
    public void Close(uint network, int length)
    {
        if (length <= DirectLength) return;
        int index = DirectIndex(network);
        ushort group = _direct[index];
        if (--_groupUses[group] > 0) return;
        int start = (int)Ipv4Entry.GroupStart(group);
        _directNotes[index] = _groupNotes[start];
        Volatile.Write(ref _direct[index], _groups[start]);
        _freeGroups[_freeGroupCount++] = group;
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
        else
        {
            int start = (int)Ipv4Entry.GroupStart(_direct[DirectIndex(network)]);
            PaintRange(_groups, _groupNotes, start + (byte)network, 1 << (FineLength - length), brush);
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

    /// <summary>What to paint: over notes up to the first, the entry and its own note.</summary>
    private readonly record struct Brush(byte CoversUpTo, ushort Entry, byte Note);
}

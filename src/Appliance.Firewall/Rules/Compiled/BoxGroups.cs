using System.Runtime.InteropServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Boxes in groups of eight, laid out so that a packet is compared with a whole group at once:
/// <code>
///     line 0    | addresses:  low 0 | low 1 | ...    8 bytes each; two addresses
///     line 1    | their widths
///     line 2    | others:     low 0 | low 1 | ...    8 bytes each; four numbers
///     line 3    | their widths
/// </code>
/// Buckets that leave room in a group share it with others, so that nearly all places are taken: what a packet is compared with beyond its
/// bucket does no harm. The first group is empty: no packet is in it.
/// </summary>
internal sealed class BoxGroups
{
    public const int Size = 8;
    public const int Numbers = 4 * Size;            // 64 bits each, of a group

    private readonly List<RuleBox> _boxes = [.. Enumerable.Repeat(RuleBox.Nothing, Size)];
    private readonly Stack<int>[] _open = [.. Enumerable.Range(0, Size).Select(_ => new Stack<int>())];     // groups by free places

    public int Count => _boxes.Count / Size;

    /// <summary>Puts boxes into as many groups in a row as they need, and answers the first of these.</summary>
    public int Add(ReadOnlySpan<RuleBox> boxes)
    {
        for (int free = boxes.Length; free < Size && free > 0; free++)
        {
            if (!_open[free].TryPop(out int open)) continue;
            Fill(open, free, boxes);
            return open;
        }

        return AddApart(boxes);
    }

    /// <summary>The same, in groups that nothing else is in yet.</summary>
    public int AddApart(ReadOnlySpan<RuleBox> boxes)
    {
        int first = Count, groups = GroupsOf(boxes.Length);
        CollectionsMarshal.SetCount(_boxes, _boxes.Count + (groups * Size));
        CollectionsMarshal.AsSpan(_boxes)[(first * Size)..].Fill(RuleBox.Nothing);
        boxes[..((groups - 1) * Size)].CopyTo(CollectionsMarshal.AsSpan(_boxes)[(first * Size)..]);
        Fill(first + groups - 1, Size, boxes[((groups - 1) * Size)..]);
        return first;
    }

    public static int GroupsOf(int boxes) => (boxes + Size - 1) / Size;

    /// <summary>The rules by group and place.</summary>
    public uint[] Rules() => [.. _boxes.Select(box => (uint)box.Rule)];

    public AlignedArray<ulong> Pack()
    {
        var packed = new AlignedArray<ulong>(Count * Numbers);
        for (int i = 0; i < _boxes.Count; i++)
        {
            RuleBox box = _boxes[i];
            SixNumbers width = default;
            for (int d = 0; d < Dimension.Count; d++) width[d] = box.High[d] - box.Low[d];
            var lows = new PacketNumbers(box.Low);
            var widths = new PacketNumbers(width);
            Span<ulong> group = packed.Span[(i / Size * Numbers)..];
            int place = i % Size;
            (group[place], group[Size + place]) = (lows.Addresses, widths.Addresses);
            (group[(2 * Size) + place], group[(3 * Size) + place]) = (lows.Others, widths.Others);
        }

        return packed;
    }

    /// <summary>The last so many places of a group are free, and take boxes.</summary>
    private void Fill(int group, int free, ReadOnlySpan<RuleBox> boxes)
    {
        boxes.CopyTo(CollectionsMarshal.AsSpan(_boxes)[((group * Size) + Size - free)..]);
        int left = free - boxes.Length;
        if (left > 0) _open[left].Push(group);
    }
}

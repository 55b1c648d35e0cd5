using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>Addresses of one family by their place, in ranges. Immutable.</summary>
internal sealed class PoolAddresses
{
    public static readonly PoolAddresses Empty = new([]);

    private readonly ImmutableArray<UInt128> _firsts;
    private readonly ImmutableArray<UInt128> _ends;                     // addresses up to and including each range

    /// <param name="ranges">First and last address of each, both included; an address may stand in several and counts as often.</param>
    public PoolAddresses(IReadOnlyCollection<(UInt128 First, UInt128 Last)> ranges)
    {
        var ends = ImmutableArray.CreateBuilder<UInt128>(ranges.Count);
        foreach ((UInt128 first, UInt128 last) in ranges)
        {
            UInt128 size = last - first == UInt128.MaxValue ? UInt128.MaxValue : last - first + 1;
            Count = Count > UInt128.MaxValue - size ? UInt128.MaxValue : Count + size;
            ends.Add(Count);
        }

        (_firsts, _ends) = ([.. ranges.Select(range => range.First)], ends.MoveToImmutable());
    }

    /// <summary>Those of ::/0 count as one less than they are.</summary>
    public UInt128 Count { get; }

    /// <summary>From 0 to <see cref="Count"/> − 1.</summary>
    public UInt128 this[UInt128 index]
    {
        get
        {
            int low = 0, high = _ends.Length - 1;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (index < _ends[middle]) high = middle;
                else low = middle + 1;
            }

            return _firsts[low] + (index - (low == 0 ? 0 : _ends[low - 1]));
        }
    }

    /// <summary>Looks at each range: for the few that a rule names.</summary>
    public bool Contains(UInt128 address)
    {
        for (int range = 0; range < _firsts.Length; range++)
        {
            UInt128 size = _ends[range] - (range == 0 ? 0 : _ends[range - 1]);
            if (address >= _firsts[range] && address - _firsts[range] < size) return true;
        }

        return false;
    }

    /// <summary>The members of a table, each once, by address.</summary>
    /// <param name="sorted">What contains others stands before them.</param>
    public static PoolAddresses Of(ReadOnlySpan<TablePrefix> sorted, bool isV6)
    {
        int bits = isV6 ? 128 : 32;
        var ranges = new List<(UInt128 First, UInt128 Last)>();
        var around = new Stack<TablePrefix>();
        UInt128 next = 0;                                               // the first address that is not settled
        foreach (TablePrefix prefix in sorted)
        {
            while (around.TryPeek(out TablePrefix before) && before.Last(bits) < prefix.Network) Leave();
            if (around.TryPeek(out TablePrefix holder) && holder.Kind == TablePrefixKind.Member && next < prefix.Network)
                ranges.Add((next, prefix.Network - 1));
            next = prefix.Network;
            around.Push(prefix);
        }

        while (around.Count > 0) Leave();
        return ranges.Count == 0 ? Empty : new PoolAddresses(ranges);

        void Leave()
        {
            TablePrefix left = around.Pop();
            UInt128 last = left.Last(bits);
            if (left.Kind == TablePrefixKind.Member && next <= last) ranges.Add((next, last));
            if (last == UInt128.MaxValue) around.Clear();               // those around end there, too
            else next = last + 1;
        }
    }
}

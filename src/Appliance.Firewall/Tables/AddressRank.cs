using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Cuts the addresses of one family into intervals and finds an address's interval. IPv6 addresses are sought by their upper half, and only
/// where several intervals begin within one upper half by the lower as well.
/// </summary>
internal sealed class AddressRank
{
    private readonly AlignedArray<uint> _v4;
    private readonly AlignedArray<ulong> _upper;    // the distinct upper halves, as a tree
    private readonly int[] _firsts = [];            // by upper half: its first interval; one more at the end
    private readonly ulong[] _lower = [];           // by interval
    private readonly int _uppers;
    private readonly bool _isV6;

    /// <param name="starts">Where intervals begin: strictly ascending, the first is 0.</param>
    public AddressRank(ReadOnlySpan<UInt128> starts, bool isV6)
    {
        Count = starts.Length;
        _isV6 = isV6;
        if (!isV6)
        {
            var narrow = new uint[starts.Length];
            for (int i = 0; i < narrow.Length; i++) narrow[i] = (uint)starts[i];
            _v4 = RankSearch.Create<uint>(narrow);
            return;
        }

        var uppers = new List<ulong>();
        var firsts = new List<int>();
        _lower = new ulong[starts.Length];
        for (int i = 0; i < starts.Length; i++)
        {
            ulong upper = (ulong)(starts[i] >> 64);
            _lower[i] = (ulong)starts[i];
            if (i > 0 && uppers[^1] == upper) continue;
            uppers.Add(upper);
            firsts.Add(i);
        }

        _uppers = uppers.Count;
        firsts.Add(starts.Length);
        _firsts = [.. firsts];
        _upper = RankSearch.Create<ulong>([.. uppers]);
    }

    /// <summary>Intervals.</summary>
    public int Count { get; }

    public long MemoryBytes => (_isV6 ? _upper.MemoryBytes : _v4.MemoryBytes) + (4L * _firsts.Length) + (8L * _lower.Length);

    /// <summary>The interval that the address is in.</summary>
    public int Find(UInt128 address)
    {
        if (!_isV6) return RankSearch.FindLast(ref _v4[0], Count, (uint)address);
        ulong upper = (ulong)(address >> 64);
        int group = RankSearch.FindLast(ref _upper[0], _uppers, upper);
        int first = _firsts[group], end = _firsts[group + 1];
        // Within an upper half, intervals begin at its lower halves; an address before the first of them is in the interval before.
        if (UpperOf(group, upper)) return LastNotGreater(first, end, (ulong)address);
        return end - 1;
    }

    /// <summary>Whether the group found is the address's own upper half and not a smaller one.</summary>
    private bool UpperOf(int group, ulong upper) => _upper[_upper.Length - PaddedUppers + group] == upper;

    private int PaddedUppers => (_uppers + 7) & ~7;                   // the bottom level of the tree, which stands last

    private int LastNotGreater(int first, int end, ulong lower)
    {
        int low = first, high = end;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            if (_lower[middle] <= lower) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}

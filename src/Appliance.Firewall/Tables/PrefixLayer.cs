using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// Prefixes of one family, immutable: the addresses are cut where a prefix begins or ends, and each interval knows the longest prefix
/// that contains it, each prefix the next longer one around it. A look is one search among the intervals.
/// </summary>
internal sealed class PrefixLayer
{
    private const int Nothing = -1;
    private readonly TablePrefix[] _prefixes;
    private readonly int[] _parents;
    private readonly AddressRank _intervals;
    private readonly int[] _owners;                 // by interval: prefix << 1 | negated, or Nothing

    /// <param name="sorted">Each prefix once. The layer keeps the array.</param>
    public PrefixLayer(TablePrefix[] sorted, bool isV6)
    {
        _prefixes = sorted;
        _parents = new int[sorted.Length];
        var starts = new List<UInt128>((2 * sorted.Length) + 1) { 0 };
        var owners = new List<int>((2 * sorted.Length) + 1) { Nothing };
        Cut(isV6 ? 128 : 32, starts, owners);
        _intervals = new AddressRank(CollectionsMarshal.AsSpan(starts), isV6);
        _owners = [.. owners];
    }

    public int Count => _prefixes.Length;
    public ReadOnlySpan<TablePrefix> Prefixes => _prefixes;
    public TablePrefix this[int index] => _prefixes[index];

    public long MemoryBytes => (32L * _prefixes.Length) + (4L * _parents.Length) + (4L * _owners.Length) + _intervals.MemoryBytes;

    /// <summary>The longest prefix that contains the address, or -1.</summary>
    public int Find(UInt128 address) => _owners[_intervals.Find(address)] >> 1;

    /// <summary>Whether the longest prefix that contains the address is there and is a member; asked where none is deleted.</summary>
    public bool IsMember(UInt128 address) => (_owners[_intervals.Find(address)] & 1) == 0;   // Nothing is odd

    /// <summary>The next shorter prefix around this one, or -1.</summary>
    public int Parent(int index) => _parents[index];

    /// <summary>Where the prefix stands; where it would stand, complemented, if it does not.</summary>
    public int IndexOf(UInt128 network, byte length) =>
        _prefixes.AsSpan().BinarySearch(new TablePrefix(network, length, TablePrefixKind.Member, 0));

    private void Cut(int bits, List<UInt128> starts, List<int> owners)
    {
        int open = Nothing;                                           // the innermost prefix that has not ended
        UInt128 greatest = bits == 128 ? UInt128.MaxValue : uint.MaxValue;
        for (int i = 0; i <= _prefixes.Length; i++)
        {
            while (open != Nothing && (i == _prefixes.Length || _prefixes[open].Last(bits) < _prefixes[i].Network))
            {
                UInt128 last = _prefixes[open].Last(bits);
                open = _parents[open];
                if (last != greatest) Begin(last + 1, open);
            }

            if (i == _prefixes.Length) break;
            _parents[i] = open;
            open = i;
            Begin(_prefixes[i].Network, i);
        }

        void Begin(UInt128 start, int owner)
        {
            int value = owner == Nothing ? Nothing : (owner << 1) | (_prefixes[owner].Kind == TablePrefixKind.Member ? 0 : 1);
            if (starts[^1] == start)
            {
                owners[^1] = value;
                return;
            }

            starts.Add(start);
            owners.Add(value);
        }
    }
}

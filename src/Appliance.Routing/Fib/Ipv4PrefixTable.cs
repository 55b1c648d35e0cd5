using Appliance.Wire.Ip;

namespace Appliance.Routing.Fib;

/// <summary>
/// Longest prefix match for IPv4: prefix → value, where the value is an index that the caller gives meaning to. Built as DIR-24-8 (Gupta, Lin
/// and McKeown, "Routing Lookups in Hardware at Memory Access Speeds", 1998) with entries of 16 bits, plus a coarse table in front of it:
/// <code>
///   direct[address >> 8]          one entry a /24                          32 MiB, of which only written pages exist
///     1vvvvvvvvvvvvvvv            the value of the longest route (lengths 9 to 24)
///     0ggggggggggggggg            g > 0: ask groups[g][address &amp; 255], whose entries are a value or zero
///     0000000000000000            nothing here: ask coarse[address >> 24]
///   coarse                        lengths 0 to 8; stored as groups[0]      512 bytes, so that a default route costs no 16 million entries
/// </code>
/// One thread writes; any number read without locks, and none may read during or after <see cref="Dispose"/>. A change alters the answer for any
/// one address by a single store, so a reader sees the old or the new route. Answers that took more than one load are checked against
/// <see cref="_changes"/>, because between two loads a group may have been given to another network.
/// </summary>
public sealed class Ipv4PrefixTable : IDisposable
{
    public const int MaximumValue = 0x7fff;
    public const int MaximumGroups = 0x7fff;

    private const int DirectLength = 24;                              // bits that the direct table resolves
    private const int CoarseLength = 8;                               // bits that the coarse table resolves
    private const int GroupSize = 256;
    private const ushort RouteFlag = 0x8000;

    private readonly NativeArray<ushort> _direct = new(1 << DirectLength);
    private readonly NativeArray<ushort> _groups;
    // The writer's own notes, never read by a lookup: per entry the length of its route plus one (0 = none), per group its routes, and free groups.
    private readonly NativeArray<byte> _directLengths = new(1 << DirectLength);
    private readonly NativeArray<byte> _groupLengths;
    private readonly NativeArray<ushort> _groupRoutes;
    private readonly NativeArray<ushort> _freeGroups;
    private readonly PrefixMap<uint> _routes;
    private readonly Ipv4LookupKernel _kernel;
    private int _freeGroupCount;
    private int _groupsEverUsed;
    private uint _changes;

    /// <param name="maximumRoutes">Routes the table holds; one more is refused.</param>
    /// <param name="maximumGroups">Networks of 256 addresses that may hold routes longer than /24, 1 to <see cref="MaximumGroups"/>; each costs 768 bytes when used.</param>
    public Ipv4PrefixTable(int maximumRoutes = 1 << 20, int maximumGroups = MaximumGroups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRoutes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumRoutes, 1 << 28);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumGroups, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumGroups, MaximumGroups);
        _groups = new NativeArray<ushort>((maximumGroups + 1) * GroupSize);
        _groupLengths = new NativeArray<byte>((maximumGroups + 1) * GroupSize);
        _groupRoutes = new NativeArray<ushort>(maximumGroups + 1);
        _freeGroups = new NativeArray<ushort>(maximumGroups);
        _routes = new PrefixMap<uint>(maximumRoutes);
        _kernel = new Ipv4LookupKernel(_direct, _groups);
    }

    /// <summary>Routes in the table.</summary>
    public int Count => _routes.Count;

    /// <summary>
    /// Adds a route or gives it another value; host bits of <paramref name="network"/> are ignored. False, and nothing is changed, when the length
    /// is not 0 to 32, the value not 0 to <see cref="MaximumValue"/>, or the table is full.
    /// </summary>
    public bool Set(Ipv4Address network, int length, int value)
    {
        if ((uint)length > 32 || (uint)value > MaximumValue) return false;
        uint bits = network.Value & Mask(length);
        bool isNew = !_routes.TryGet(bits, length, out _);
        if (isNew && _routes.Count == _routes.Capacity) return false;
        if (length > DirectLength && !IsGroup(_direct[(int)(bits >> 8)]) && FreeGroups == 0) return false;

        Interlocked.Increment(ref _changes);
        _routes.TrySet(bits, length, value);
        if (length > DirectLength) PrepareGroup(bits, isNew);
        Paint(bits, length, (ushort)(RouteFlag | value), (byte)(length + 1));
        return true;
    }

    /// <summary>Removes a route; its addresses fall back to the next shorter one. False when there is no such route.</summary>
    public bool Remove(Ipv4Address network, int length)
    {
        if ((uint)length > 32) return false;
        uint bits = network.Value & Mask(length);
        if (!_routes.Remove(bits, length)) return false;

        Interlocked.Increment(ref _changes);
        int shorter = NextShorter(bits, length, out int value);
        Paint(bits, length, shorter < 0 ? (ushort)0 : (ushort)(RouteFlag | value), (byte)(shorter + 1));
        if (length > DirectLength) ReleaseGroup(bits);
        return true;
    }

    /// <summary>The value of the longest route that contains <paramref name="address"/>, or -1.</summary>
    public int Lookup(Ipv4Address address)
    {
        while (true)                                                  // again only when a change fell between the loads: a few nanoseconds
        {
            uint changes = Volatile.Read(ref _changes);
            ushort entry = _kernel.LoadDirect(address.Value);
            if (entry >= RouteFlag) return entry & MaximumValue;
            int value = _kernel.Resolve(address.Value, entry);
            Volatile.ReadBarrier();
            if (changes == Volatile.Read(ref _changes)) return value;
        }
    }

    /// <summary><see cref="Lookup"/> of many addresses (in host order) into as many <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer values than addresses.</exception>
    public void LookupBatch(ReadOnlySpan<uint> addresses, Span<int> values)
    {
        values = values[..addresses.Length];
        uint changes = Volatile.Read(ref _changes);
        if (_kernel.Lookup(addresses, values)) return;
        Volatile.ReadBarrier();
        if (changes == Volatile.Read(ref _changes)) return;
        LookupAgain(addresses, values);
    }

    /// <summary>Frees the tables. No reader may be left.</summary>
    public void Dispose()
    {
        _direct.Free();
        _groups.Free();
        _directLengths.Free();
        _groupLengths.Free();
        _groupRoutes.Free();
        _freeGroups.Free();
        _routes.Dispose();
    }

    private int FreeGroups => _freeGroups.Length - _groupsEverUsed + _freeGroupCount;

    private static bool IsGroup(ushort entry) => entry is > 0 and < RouteFlag;

    private static uint Mask(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);

    private void LookupAgain(ReadOnlySpan<uint> addresses, Span<int> values)
    {
        for (int i = 0; i < addresses.Length; i++)
            values[i] = Lookup(new Ipv4Address(addresses[i]));
    }

    /// <summary>The longest route shorter than <paramref name="length"/> that shows in the same table, or -1: what is coarse is never copied into finer tables.</summary>
    private int NextShorter(uint network, int length, out int value)
    {
        int shortest = length <= CoarseLength ? 0 : CoarseLength + 1;
        for (int candidate = length - 1; candidate >= shortest; candidate--)
            if (_routes.TryGet(network & Mask(candidate), candidate, out value))
                return candidate;
        value = 0;
        return -1;
    }

    /// <summary>
    /// Gives every entry that the prefix covers this one, except where a longer route shows. <paramref name="shownLength"/> is noted beside it.
    /// Serves adding and removing alike: no entry under a prefix that is present shows a shorter route than that prefix.
    /// </summary>
    private void Paint(uint network, int length, ushort entry, byte shownLength)
    {
        if (length <= CoarseLength)
        {
            PaintGroup(0, (int)(network >> 24), 1 << (CoarseLength - length), length, entry, shownLength);
        }
        else if (length > DirectLength)
        {
            PaintGroup(_direct[(int)(network >> 8)], (byte)network, 1 << (32 - length), length, entry, shownLength);
        }
        else
        {
            int first = (int)(network >> 8);
            for (int index = first; index < first + (1 << (DirectLength - length)); index++)
            {
                if (IsGroup(_direct[index]))
                {
                    PaintGroup(_direct[index], 0, GroupSize, length, entry, shownLength);
                }
                else if (_directLengths[index] <= length + 1)
                {
                    Volatile.Write(ref _direct[index], entry);
                    _directLengths[index] = shownLength;
                }
            }
        }
    }

    private void PaintGroup(int group, int first, int count, int length, ushort entry, byte shownLength)
    {
        int start = (group * GroupSize) + first;
        for (int index = start; index < start + count; index++)
        {
            if (_groupLengths[index] > length + 1) continue;
            Volatile.Write(ref _groups[index], entry);
            _groupLengths[index] = shownLength;
        }
    }

    /// <summary>Makes sure that the network has a group: a new one starts with what the direct entry shows, and is published when it is whole.</summary>
    private void PrepareGroup(uint network, bool routeIsNew)
    {
        int index = (int)(network >> 8);
        ushort entry = _direct[index];
        if (!IsGroup(entry))
        {
            ushort group = _freeGroupCount > 0 ? _freeGroups[--_freeGroupCount] : (ushort)++_groupsEverUsed;
            _groups.Slice(group * GroupSize, GroupSize).Fill(entry);
            _groupLengths.Slice(group * GroupSize, GroupSize).Fill(_directLengths[index]);
            Volatile.Write(ref _direct[index], group);
            entry = group;
        }

        if (routeIsNew) _groupRoutes[entry]++;
    }

    /// <summary>After the last route longer than /24 has gone, all entries of the group are alike: the direct entry takes their place.</summary>
    private void ReleaseGroup(uint network)
    {
        int index = (int)(network >> 8);
        ushort group = _direct[index];
        if (--_groupRoutes[group] > 0) return;
        _directLengths[index] = _groupLengths[group * GroupSize];
        Volatile.Write(ref _direct[index], _groups[group * GroupSize]);
        _freeGroups[_freeGroupCount++] = group;
    }
}

using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing.Fib;

/// <summary>
/// Longest prefix match for IPv4: prefix → value, where the value is an index that the caller gives meaning to. It is the DIR-24-8 of
/// Gupta, Lin and McKeown ("Routing Lookups in Hardware at Memory Access Speeds", 1998) with 16-bit entries, and with lengths 0 to 8 in a
/// table of their own, so that a default route costs no 16 million entries.
/// <code>
///   direct[address >> 8]            lengths 9 to 24: 32 MiB, of which only written pages exist
///     1vvvvvvvvvvvvvvv                the value of the longest route
///     0ggggggggggggggg                g > 0: ask groups[g]
///     0000000000000000                none: ask coarse
///   groups[g][address &amp; 255]        lengths 25 to 32: a value or none
///   coarse[address >> 24]           lengths 0 to 8: a value or none
/// </code>
/// One thread writes; any number read without locks, and none may read during or after <see cref="Dispose"/>. A change alters the answer
/// for any one address by a single store, so a reader sees the old or the new route. Answers that took several loads are checked against
/// a counter of changes and taken anew if it moved, because between two loads a group may have been given to another network.
/// </summary>
public sealed class Ipv4PrefixTable : IDisposable
{
    public const int MaximumValue = Ipv4Entry.MaximumValue;
    public const int MaximumGroups = Ipv4Entry.MaximumGroup;
    private const int MaximumLength = 32;

    private readonly PrefixMap<uint> _routes;
    private readonly Ipv4Levels _levels;
    private readonly Ipv4LookupKernel _kernel;
    private uint _changes;

    /// <param name="maximumRoutes">Routes the table holds, 1 to 2^28.</param>
    /// <param name="maximumGroups">
    /// Networks of 256 addresses that may have routes longer than /24, 1 to <see cref="MaximumGroups"/>; each costs 768 bytes once used.
    /// </param>
    /// <param name="memory">Where it shall lie; null for <see cref="ProcessMemory"/>.</param>
    public Ipv4PrefixTable(int maximumRoutes = 1 << 20, int maximumGroups = MaximumGroups, ITableMemory? memory = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumGroups, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumGroups, MaximumGroups);
        memory ??= ProcessMemory.Instance;
        _routes = new PrefixMap<uint>(maximumRoutes, memory);
        _levels = new Ipv4Levels(maximumGroups, memory);
        _kernel = _levels.CreateKernel();
    }

    /// <summary>Routes in the table.</summary>
    public int Count => _routes.Count;

    /// <summary>
    /// Adds a route or gives it another value; host bits of <paramref name="network"/> are ignored. False, and nothing is changed, when
    /// the length is not 0 to 32, the value not 0 to <see cref="MaximumValue"/>, or the table is full.
    /// </summary>
    public bool Set(Ipv4Address network, int length, int value)
    {
        if ((uint)length > MaximumLength || (uint)value > MaximumValue) return false;
        uint bits = network.Value & Mask(length);
        bool isNew = !_routes.TryGet(bits, length, out _);
        if (isNew && (_routes.IsFull || !_levels.HasRoomFor(bits, length))) return false;

        _routes.TrySet(bits, length, value);
        Interlocked.Increment(ref _changes);
        if (isNew) _levels.Open(bits, length);
        _levels.Paint(bits, length, Ipv4Entry.Route(value), length);
        return true;
    }

    /// <summary>Removes a route; its addresses fall back to the next shorter one. False when there is no such route.</summary>
    public bool Remove(Ipv4Address network, int length)
    {
        if ((uint)length > MaximumLength) return false;
        uint bits = network.Value & Mask(length);
        if (!_routes.Remove(bits, length)) return false;

        int shorter = FindShorter(bits, length, out int value);
        Interlocked.Increment(ref _changes);
        _levels.Paint(bits, length, shorter < 0 ? Ipv4Entry.None : Ipv4Entry.Route(value), shorter);
        _levels.Close(bits, length);
        return true;
    }

    /// <summary>The writer's: the value of exactly this route. False: there is none.</summary>
    public bool TryGet(Ipv4Address network, int length, out int value) => _routes.TryGet(network.Value & Mask(length), length, out value);

    /// <summary>The writer's: every route with its value, in no order. It must not change meanwhile.</summary>
    public IEnumerable<(IpPrefix To, int Value)> ReadRoutes() =>
        _routes.ReadAll().Select(route => (new IpPrefix(new Ipv4Address(route.Network), route.Length), route.Value));

    /// <summary>
    /// For texts: the length of the longest route that contains the address, or -1; as it was a moment ago where the writer is at work.
    /// </summary>
    public int LengthOf(Ipv4Address address)
    {
        int length = MaximumLength;
        while (length >= 0 && !_routes.TryGet(address.Value & Mask(length), length, out _)) length--;
        return length;
    }

    /// <summary>The value of the longest route that contains <paramref name="address"/>, or -1.</summary>
    public int Lookup(Ipv4Address address)
    {
        while (true)                                                  // Another round takes another change within these few nanoseconds.
        {
            uint changes = Volatile.Read(ref _changes);
            ushort entry = _kernel.DirectEntry(address.Value);
            if (Ipv4Entry.IsRoute(entry)) return Ipv4Entry.Value(entry);
            int value = _kernel.Follow(address.Value, entry);
            Volatile.ReadBarrier();
            if (changes == Volatile.Read(ref _changes)) return value;
        }
    }

    /// <summary>
    /// <see cref="Lookup"/> of many addresses (in host order) into as many <paramref name="values"/>; fastest in multiples of 64.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer values than addresses.</exception>
    public void LookupBatch(ReadOnlySpan<uint> addresses, Span<int> values)
    {
        values = values[..addresses.Length];
        uint changes = Volatile.Read(ref _changes);
        if (_kernel.Lookup(addresses, values)) return;
        Volatile.ReadBarrier();
        if (changes != Volatile.Read(ref _changes)) LookupOneByOne(addresses, values);
    }

    /// <summary>Frees the tables. No reader may be left.</summary>
    public void Dispose()
    {
        _levels.Dispose();
        _routes.Dispose();
    }

    private static uint Mask(int length) => length == 0 ? 0 : uint.MaxValue << (MaximumLength - length);

    private void LookupOneByOne(ReadOnlySpan<uint> addresses, Span<int> values)
    {
        for (int i = 0; i < addresses.Length; i++)
            values[i] = Lookup(new Ipv4Address(addresses[i]));
    }

    /// <summary>The length of the longest shorter route that contains the prefix and is not left to the coarse table, or -1.</summary>
    private int FindShorter(uint network, int length, out int value)
    {
        for (int shorter = length - 1; shorter >= Ipv4Levels.ShortestShownWith(length); shorter--)
            if (_routes.TryGet(network & Mask(shorter), shorter, out value))
                return shorter;
        value = 0;
        return -1;
    }
}

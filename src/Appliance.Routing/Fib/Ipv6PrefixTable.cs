using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing.Fib;

/// <summary>
/// Longest prefix match for IPv6: prefix → value, where the value is an index that the caller gives meaning to. A trie with the
/// compressed nodes of Poptrie (Asai and Ohara, SIGCOMM 2015), but with routes kept at the level of their own length instead of pushed
/// down to the leaves, so that a change touches one node and the way to it, however short the prefix:
/// <code>
///   coarse[address >> 116]          lengths 0 to 12:   the route that shows where none of the others does
///   root[address >> 104]            lengths 13 to 24:  the route that shows, and the node below; 128 MiB, of which only written pages
/// exist
///   node, at bits 24, 30, 36 … 126  six lengths each:  64 slots with at most one route and one node below each
/// </code>
/// A lookup goes down as far as there are nodes and keeps the last route it met. One thread writes; any number read without locks, and
/// none may read during or after <see cref="Dispose"/>. Each change is published by one store to any one address' way, and what it
/// replaces stays as it was until a later change reuses the memory; a reader that finds the counter of changes moved looks again, so it
/// sees the old or the new route.
/// </summary>
public sealed class Ipv6PrefixTable : IDisposable
{
    public const int MaximumValue = 0x7fff;
    private const int MaximumLength = 128;

    private readonly PrefixMap<UInt128> _routes;
    private readonly Ipv6Trie _trie;
    private readonly Ipv6LookupKernel _kernel;
    private uint _changes;

    /// <param name="maximumRoutes">Routes the table holds, 1 to 2^22. The memory set aside for them is touched as they come.</param>
    /// <param name="memory">Where it shall lie; null for <see cref="ProcessMemory"/>.</param>
    public Ipv6PrefixTable(int maximumRoutes = 1 << 19, ITableMemory? memory = null)
        : this(maximumRoutes, (maximumRoutes / 16) + 1, (maximumRoutes / 8) + 1, memory ?? ProcessMemory.Instance)
    {
    }

    /// <summary>
    /// A chunk is 64 nodes or leaves. A route needs one leaf or a few, and up to 19 nodes when it shares its way with no other.
    /// </summary>
    internal Ipv6PrefixTable(int maximumRoutes, int nodeChunks, int leafChunks, ITableMemory memory)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumRoutes, 1 << 22);
        _routes = new PrefixMap<UInt128>(maximumRoutes, memory);
        _trie = new Ipv6Trie(nodeChunks, leafChunks, memory);
        _kernel = _trie.CreateKernel();
    }

    /// <summary>Routes in the table.</summary>
    public int Count => _routes.Count;

    /// <summary>
    /// Adds a route or gives it another value; host bits of <paramref name="network"/> are ignored. False, and nothing is changed, when
    /// the length is not 0 to 128, the value not 0 to <see cref="MaximumValue"/>, or the table is full.
    /// </summary>
    public bool Set(Ipv6Address network, int length, int value)
    {
        if ((uint)length > MaximumLength || (uint)value > MaximumValue) return false;
        UInt128 bits = network.Value & Mask(length);
        bool isNew = !_routes.TryGet(bits, length, out _);
        if (isNew && (_routes.IsFull || !_trie.HasRoom)) return false;

        _routes.TrySet(bits, length, value);
        Interlocked.Increment(ref _changes);
        _trie.Paint(bits, length, Ipv6Leaf.Create(length, value));
        return true;
    }

    /// <summary>Removes a route; its addresses fall back to the next shorter one. False when there is no such route.</summary>
    public bool Remove(Ipv6Address network, int length)
    {
        if ((uint)length > MaximumLength) return false;
        UInt128 bits = network.Value & Mask(length);
        if (!_routes.Remove(bits, length)) return false;

        uint shorter = FindShorter(bits, length);
        Interlocked.Increment(ref _changes);
        _trie.Paint(bits, length, shorter);
        return true;
    }

    /// <summary>The writer's: the value of exactly this route. False: there is none.</summary>
    public bool TryGet(Ipv6Address network, int length, out int value) => _routes.TryGet(network.Value & Mask(length), length, out value);

    /// <summary>The writer's: every route with its value, in no order. It must not change meanwhile.</summary>
    public IEnumerable<(IpPrefix To, int Value)> ReadRoutes() =>
        _routes.ReadAll().Select(route => (new IpPrefix(new Ipv6Address(route.Network), route.Length), route.Value));

    /// <summary>
    /// For texts: the length of the longest route that contains the address, or -1; as it was a moment ago where the writer is at work.
    /// </summary>
    public int LengthOf(Ipv6Address address)
    {
        int length = MaximumLength;
        while (length >= 0 && !_routes.TryGet(address.Value & Mask(length), length, out _)) length--;
        return length;
    }

    /// <summary>The value of the longest route that contains <paramref name="address"/>, or -1.</summary>
    public int Lookup(Ipv6Address address)
    {
        UInt128 bits = address.Value;
        while (true)                                                  // Another round takes another change within these few nanoseconds.
        {
            uint changes = Volatile.Read(ref _changes);
            int value = 0;
            _kernel.Lookup(new ReadOnlySpan<UInt128>(in bits), new Span<int>(ref value));
            Volatile.ReadBarrier();
            if (changes == Volatile.Read(ref _changes)) return value;
        }
    }

    /// <summary><see cref="Lookup"/> of many addresses into as many <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer values than addresses.</exception>
    public void LookupBatch(ReadOnlySpan<UInt128> addresses, Span<int> values)
    {
        values = values[..addresses.Length];
        uint changes = Volatile.Read(ref _changes);
        _kernel.Lookup(addresses, values);
        Volatile.ReadBarrier();
        if (changes != Volatile.Read(ref _changes)) LookupOneByOne(addresses, values);
    }

    /// <summary>Frees the trie. No reader may be left.</summary>
    public void Dispose()
    {
        _trie.Dispose();
        _routes.Dispose();
    }

    private static UInt128 Mask(int length) => length == 0 ? 0 : UInt128.MaxValue << (MaximumLength - length);

    private void LookupOneByOne(ReadOnlySpan<UInt128> addresses, Span<int> values)
    {
        for (int i = 0; i < addresses.Length; i++)
            values[i] = Lookup(new Ipv6Address(addresses[i]));
    }

    /// <summary>The longest shorter route that contains the prefix and shows in the same node.</summary>
    private uint FindShorter(UInt128 network, int length)
    {
        for (int shorter = length - 1; shorter >= Ipv6Trie.ShortestShownWith(length); shorter--)
            if (_routes.TryGet(network & Mask(shorter), shorter, out int value))
                return Ipv6Leaf.Create(shorter, value);
        return Ipv6Leaf.None;
    }
}

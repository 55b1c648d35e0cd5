using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The addresses of a translation or of <c>route-to</c>, all of one family, and how one of them is chosen. The choice follows from the
/// flow alone, whichever worker asks, but for <see cref="PoolKind.RoundRobin"/>, whose one counter all workers share.
/// </summary>
public sealed class AddressPool
{
    private readonly ImmutableArray<IpPrefix> _prefixes;
    private readonly ImmutableArray<UInt128> _ends;                     // addresses up to and including each prefix
    private readonly KeyedRandom _random;
    private readonly UInt128 _count;
    private long _turns;

    /// <param name="kind">How to choose.</param>
    /// <param name="prefixes">At least one, all of one family. Every address of a prefix counts, its first and last too, as in pf.</param>
    /// <param name="isSticky">
    /// <c>sticky-address</c>: the same source gets the same address. With <see cref="PoolKind.Random"/> the draw is by the source then and
    /// needs no memory; with <see cref="PoolKind.RoundRobin"/> <see cref="StickySources"/> remembers.
    /// </param>
    /// <param name="random">The secret; for <c>source-hash</c> with a key of its own, one made of that.</param>
    public AddressPool(PoolKind kind, ImmutableArray<IpPrefix> prefixes, bool isSticky, KeyedRandom random)
    {
        if (prefixes.IsDefaultOrEmpty) throw new ArgumentException("A pool has at least one address.", nameof(prefixes));
        Kind = kind;
        IsV6 = prefixes[0].Address.IsV6;
        IsSticky = isSticky && kind is PoolKind.Random or PoolKind.RoundRobin;
        if (prefixes.Any(prefix => prefix.Address.IsV6 != IsV6)) throw new ArgumentException("A pool has one family.", nameof(prefixes));
        _prefixes = [.. prefixes.Select(prefix => prefix.Canonical)];
        _random = random;
        var ends = ImmutableArray.CreateBuilder<UInt128>(prefixes.Length);
        foreach (IpPrefix prefix in _prefixes)
        {
            UInt128 size = SizeOf(prefix);
            _count = _count > UInt128.MaxValue - size ? UInt128.MaxValue : _count + size;
            ends.Add(_count);
        }

        _ends = ends.ToImmutable();
    }

    public PoolKind Kind { get; }
    public bool IsV6 { get; }
    public bool IsSticky { get; }

    /// <summary>How many addresses there are; those of ::/0 count as one less than they are.</summary>
    public UInt128 Count => _count;

    /// <summary>
    /// Begins to choose for a new flow; takes a turn of a round-robin. The walk answers the address to use, and after it, for who finds no
    /// port there, those to try next.
    /// </summary>
    /// <param name="flow">The flow as it is before translation; its source is what <c>bitmask</c> and <c>source-hash</c> go by.</param>
    public PoolWalk Begin(in FrameEndpoints flow) => Kind switch
    {
        PoolKind.Bitmask => new PoolWalk(this, HostOf(flow.Source), 1),
        PoolKind.Random => new PoolWalk(this, IsSticky ? Draw(flow.Source, default) : DrawFor(flow), _count),
        PoolKind.SourceHash => new PoolWalk(this, Draw(flow.Source, default), 1),
        PoolKind.RoundRobin => new PoolWalk(this, (UInt128)(ulong)(Interlocked.Increment(ref _turns) - 1) % _count, _count),
        _ => new PoolWalk(this, 0, 1),
    };

    /// <summary>The address at a place in the pool, from 0.</summary>
    internal UInt128 this[UInt128 index]
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

            return _prefixes[low].Address.Bits + (index - (low == 0 ? 0 : _ends[low - 1]));
        }
    }

    private UInt128 DrawFor(in FrameEndpoints flow) =>
        Draw(flow.Source, flow.Destination ^ ((UInt128)flow.SourcePort << 112) ^ ((UInt128)flow.DestinationPort << 96));

    private UInt128 Draw(UInt128 subject, UInt128 rest)
    {
        ulong first = _random.Draw(RandomPurpose.TranslationAddress, (ulong)(subject >> 64), (ulong)subject, 0);
        ulong high = _random.Draw(RandomPurpose.TranslationAddress, first ^ (ulong)(rest >> 64), (ulong)rest, 1);
        ulong low = _random.Draw(RandomPurpose.TranslationAddress, first ^ (ulong)(rest >> 64), (ulong)rest, 2);
        return new UInt128(high, low) % _count;
    }

    private UInt128 HostOf(UInt128 source) => source & (SizeOf(_prefixes[0]) - 1);

    /// <summary>Addresses of a prefix, at most 2^128 − 1.</summary>
    private static UInt128 SizeOf(IpPrefix prefix)
    {
        int bits = prefix.Address.BitLength - prefix.Length;
        return bits == 128 ? UInt128.MaxValue : UInt128.One << bits;
    }
}

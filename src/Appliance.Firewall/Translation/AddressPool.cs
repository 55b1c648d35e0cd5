using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The addresses of a translation or of a route, all of one family, and how one of them is chosen. The choice follows from the flow alone,
/// whichever worker asks, but for <see cref="PoolKind.RoundRobin"/>, whose one counter all workers share, and for what tables hold then.
/// </summary>
public sealed class AddressPool
{
    private readonly ImmutableArray<Part> _parts;
    private readonly KeyedRandom _random;
    private readonly UInt128 _hostBits;                                 // of the first prefix
    private long _turns;

    /// <param name="kind">How to choose.</param>
    /// <param name="isV6">The family. Members of the other are not in the pool.</param>
    /// <param name="members">Every address of a prefix counts, its first and last too, as in pf. There may be none.</param>
    /// <param name="isSticky">
    /// <c>sticky-address</c>: the same source gets the same address. With <see cref="PoolKind.Random"/> the draw is by the source then and
    /// needs no memory; with <see cref="PoolKind.RoundRobin"/> <see cref="StickySources"/> remembers.
    /// </param>
    /// <param name="random">The secret; for <c>source-hash</c> with a key of its own, one made of that.</param>
    public AddressPool(PoolKind kind, bool isV6, ImmutableArray<PoolMember> members, bool isSticky, KeyedRandom random)
    {
        (Kind, IsV6, _random) = (kind, isV6, random);
        IsSticky = isSticky && kind is PoolKind.Random or PoolKind.RoundRobin;
        _parts = PartsOf(members, isV6);
        foreach (PoolMember member in members.Where(member => member.Table is null && member.Prefix.Address.IsV6 == isV6).Take(1))
            _hostBits = HostBitsOf(member.Prefix);
    }

    public PoolKind Kind { get; }
    public bool IsV6 { get; }
    public bool IsSticky { get; }

    /// <summary>False: it is empty, and stays so.</summary>
    public bool HasMembers => !_parts.IsEmpty;

    /// <summary>How many addresses there are now; those of ::/0 count as one less than they are.</summary>
    public UInt128 Count
    {
        get
        {
            UInt128 count = 0;
            foreach (Part part in _parts)
            {
                UInt128 more = part.AddressesOf(IsV6).Count;
                count = count > UInt128.MaxValue - more ? UInt128.MaxValue : count + more;
            }

            return count;
        }
    }

    /// <summary>Whether it has the address now.</summary>
    public bool Contains(UInt128 address)
    {
        foreach (Part part in _parts)
            if (part.Table is { } table ? table.Contains(address, IsV6) : part.Fixed.Contains(address)) return true;
        return false;
    }

    /// <summary>
    /// Begins to choose for a new flow; takes a turn of a round-robin. The walk answers the address to use, and after it, for who finds no
    /// port there, those to try next; of an empty pool none.
    /// </summary>
    /// <param name="flow">The flow as it is before translation; its source is what <c>source-hash</c> goes by.</param>
    /// <param name="replaced">The address that is translated: its host is what <c>bitmask</c> keeps.</param>
    public PoolWalk Begin(in FrameEndpoints flow, UInt128 replaced)
    {
        UInt128 count = Count;
        if (count == 0) return default;
        return Kind switch
        {
            PoolKind.Bitmask => new PoolWalk(this, replaced & _hostBits, 1),
            PoolKind.Random => new PoolWalk(this, (IsSticky ? Draw(flow.Source, default) : DrawFor(flow)) % count, count),
            PoolKind.SourceHash => new PoolWalk(this, Draw(flow.Source, default) % count, 1),
            PoolKind.RoundRobin => new PoolWalk(this, (ulong)(Interlocked.Increment(ref _turns) - 1) % count, count),
            _ => new PoolWalk(this, 0, 1),
        };
    }

    /// <summary>The address at a place in the pool, from 0. False: there is none, or no more since a table changed.</summary>
    internal bool TryGet(UInt128 index, out PoolChoice choice)
    {
        foreach (Part part in _parts)
        {
            PoolAddresses addresses = part.AddressesOf(IsV6);
            if (index < addresses.Count)
            {
                choice = new PoolChoice(addresses[index], part.Via);
                return true;
            }

            index -= addresses.Count;
        }

        choice = default;
        return false;
    }

    private UInt128 DrawFor(in FrameEndpoints flow) =>
        Draw(flow.Source, flow.Destination ^ ((UInt128)flow.SourcePort << 112) ^ ((UInt128)flow.DestinationPort << 96));

    private UInt128 Draw(UInt128 subject, UInt128 rest)
    {
        ulong first = _random.Draw(RandomPurpose.TranslationAddress, (ulong)(subject >> 64), (ulong)subject, 0);
        ulong high = _random.Draw(RandomPurpose.TranslationAddress, first ^ (ulong)(rest >> 64), (ulong)rest, 1);
        ulong low = _random.Draw(RandomPurpose.TranslationAddress, first ^ (ulong)(rest >> 64), (ulong)rest, 2);
        return new UInt128(high, low);
    }

    /// <summary>Tables, and what stands between them and is reached by one port.</summary>
    private static ImmutableArray<Part> PartsOf(ImmutableArray<PoolMember> members, bool isV6)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        var ranges = new List<(UInt128 First, UInt128 Last)>();
        ushort? via = null;
        foreach (PoolMember member in members)
        {
            if (member.Table is null && member.Prefix.Address.IsV6 != isV6) continue;
            if (member.Table is not null || member.Via != via) End();
            via = member.Via;
            if (member.Table is { } table)
            {
                table.ServePools();
                parts.Add(new Part(PoolAddresses.Empty, table, via));
                continue;
            }

            ranges.Add((member.Prefix.Address.Bits, member.Prefix.Address.Bits | HostBitsOf(member.Prefix)));
        }

        End();
        return parts.ToImmutable();

        void End()
        {
            if (ranges.Count > 0) parts.Add(new Part(new PoolAddresses(ranges), Table: null, via));
            ranges.Clear();
        }
    }

    private static UInt128 HostBitsOf(IpPrefix prefix)
    {
        int bits = prefix.Address.BitLength - prefix.Length;
        return bits == 0 ? 0 : UInt128.MaxValue >> (128 - bits);
    }

    private readonly record struct Part(PoolAddresses Fixed, AddressTable? Table, ushort? Via)
    {
        public PoolAddresses AddressesOf(bool isV6) => Table?.AddressesOf(isV6) ?? Fixed;
    }
}

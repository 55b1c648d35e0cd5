using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Finds the boxes that a packet lies in, among those of one family and direction: a tuple space (Srinivasan, Suri, Varghese 1999) whose
/// tuples are merged until they are few. Each box stands in one hash table, under the bits of those dimensions that tell it from
/// most others: a rule about a host under the host, one about a network and a service under both. A packet looks into one bucket of each
/// table, which is one group of <see cref="BoxGroups"/> but for few, and is compared with all of a group at once. The looks do not
/// depend on one another, so the processor overlaps them. Bits are only ever a first sieve: the comparison is exact.
/// <para>
/// How full a bucket is and how many boxes a packet is in cannot be foretold, so next to nothing is branched on: a group takes as long
/// whatever is in it, and rules are put in order as they are found. What is touched decides the rest: 32 bytes for a box, 2 for its share
/// of the buckets, and the numbers of rules only where the packet is in the box.
/// </para>
/// </summary>
internal sealed class BoxIndex
{
    public const int Lanes = 4;                     // tables that are looked into at once

    private const int WordGroups = 64 / BoxGroups.Size;                 // whose answers fit into a word
    private readonly AlignedArray<ulong> _tables;   // of four each: masks of addresses, of the others, buckets, directories
    private readonly nuint _padding;                // tables that are none, at the end
    private readonly uint[] _buckets;               // of all tables
    private readonly AlignedArray<ulong> _groups;
    private readonly uint[] _rules;                 // by group and place
    private readonly uint _listStart, _listEnd;     // groups of the boxes that are in no table
    private readonly AddressRank? _sources, _destinations;

    public BoxIndex(BoxMaker maker)
    {
        (_sources, _destinations) = (maker.Sources, maker.Destinations);
        var builder = new BoxIndexBuilder();
        builder.Build(maker.Boxes);
        TableCount = builder.Tables.Count;
        _tables = Pack(builder.Tables, emptyBucket: builder.Buckets.Count);
        _padding = (nuint)((_tables.Length / 4) - TableCount);
        _buckets = [.. builder.Buckets, 0];
        (_listStart, _listEnd) = ((uint)builder.ListStart, (uint)builder.Groups.Count);
        (_groups, _rules) = (builder.Groups.Pack(), builder.Groups.Rules());
    }

    public int TableCount { get; }

    public long MemoryBytes =>
        _tables.MemoryBytes + (4L * (_buckets.Length + _rules.Length)) + _groups.MemoryBytes
        + (_sources?.MemoryBytes ?? 0) + (_destinations?.MemoryBytes ?? 0);

    /// <summary>Groups that may be visited for one packet.</summary>
    public int MostVisits =>
        (TableCount * BoxGroups.GroupsOf(BoxIndexBuilder.LargestBucket)) + (int)(_listEnd - _listStart);

    /// <summary>Finds each rule one of whose boxes the packet is in.</summary>
    public void Collect(in PacketView packet, FoundRules found)
    {
        uint source = _sources is null ? (uint)packet.Source : (uint)_sources.Find(packet.Source);
        uint destination = _destinations is null ? (uint)packet.Destination : (uint)_destinations.Find(packet.Destination);
        var numbers = new PacketNumbers(source | ((ulong)destination << 32), OthersOf(packet));
        found.Take(Search(numbers, ref found.Visits[0], ref found.Places[0], ref found.Least[0]));
    }

    private static ulong OthersOf(in PacketView packet)
    {
        bool hasPorts = packet.HasPorts, hasIcmp = packet.HasIcmp;
        uint low = hasPorts ? packet.SourcePort : hasIcmp ? packet.IcmpCode : 0u;
        uint high = hasPorts ? packet.DestinationPort : hasIcmp ? packet.IcmpType : 0u;
        uint protocol = (2 * (uint)packet.Protocol) + (hasPorts | hasIcmp ? 0u : 1u);
        return PacketNumbers.Pack(packet.Port, low, high, protocol);
    }

    /// <summary>
    /// Leaves the rules of the boxes that the packet is in, and the least of them in order, and answers how many. No call leaves this
    /// method, so that its vectors stay where they are.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Search(PacketNumbers numbers, ref uint visits, ref uint places, ref uint least)
    {
        int count = Locate(numbers, ref visits);
        Vector512<ulong> addresses = Vector512.Create(numbers.Addresses), others = Vector512.Create(numbers.Others);
        ref ulong groups = ref _groups[0];
        ref uint rules = ref MemoryMarshal.GetArrayDataReference(_rules);
        Vector256<uint> sorted = Vector256<uint>.AllBitsSet;
        nuint found = 0;
        while (count > 0)
        {
            ulong inside = 0;
            int word = Math.Min(count, WordGroups);
            for (int i = 0; i < word; i++)
            {
                nuint group = Unsafe.Add(ref visits, i);
                inside |= Inside(ref Unsafe.Add(ref groups, group * BoxGroups.Numbers), addresses, others) << (i * BoxGroups.Size);
            }

            for (; inside != 0; inside &= inside - 1)
            {
                int bit = BitOperations.TrailingZeroCount(inside);
                nuint group = Unsafe.Add(ref visits, bit / BoxGroups.Size);
                uint rule = Unsafe.Add(ref rules, (group * BoxGroups.Size) + (nuint)(bit % BoxGroups.Size));
                Unsafe.Add(ref places, found++) = rule;
                sorted = FoundRules.Insert(sorted, rule);
            }

            visits = ref Unsafe.Add(ref visits, word);
            count -= word;
        }

        sorted.StoreUnsafe(ref least);
        return (int)found;
    }

    /// <summary>Writes which groups the packet is to be compared with, and answers how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Locate(PacketNumbers numbers, ref uint visits)
    {
        Vector256<ulong> addresses = Vector256.Create(numbers.Addresses), others = Vector256.Create(numbers.Others);
        ref uint buckets = ref MemoryMarshal.GetArrayDataReference(_buckets);
        ref ulong tables = ref _tables[0], end = ref Unsafe.Add(ref tables, _tables.Length);
        nuint count = 0;
        for (; Unsafe.IsAddressLessThan(ref tables, ref end); tables = ref Unsafe.Add(ref tables, 4 * Lanes))
        {
            Vector256<ulong> at = Vector256.LoadUnsafe(ref tables, 3 * Lanes) + PacketNumbers.BucketsOf(
                addresses, others, Vector256.LoadUnsafe(ref tables), Vector256.LoadUnsafe(ref tables, Lanes),
                Vector256.LoadUnsafe(ref tables, 2 * Lanes));
            count = Visit(Unsafe.Add(ref buckets, (nuint)at.ToScalar()), ref visits, count);
            count = Visit(Unsafe.Add(ref buckets, (nuint)at.GetElement(1)), ref visits, count);
            count = Visit(Unsafe.Add(ref buckets, (nuint)at.GetElement(2)), ref visits, count);
            count = Visit(Unsafe.Add(ref buckets, (nuint)at.GetElement(3)), ref visits, count);
        }

        count -= _padding;
        for (uint group = _listStart; group < _listEnd; group++) Unsafe.Add(ref visits, count++) = group;
        return (int)count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Visit(uint bucket, ref uint visits, nuint count)
    {
        (uint group, uint more) = BoxIndexBuilder.GroupsOf(bucket);
        Unsafe.Add(ref visits, count++) = group;
        for (; more > 0; more--) Unsafe.Add(ref visits, count++) = ++group;
        return count;
    }

    /// <summary>
    /// A bit for each box of a group: low ≤ number ≤ low + width in every dimension, by one comparison since numbers wrap; of 32 bits for
    /// addresses, of 16 for the others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Inside(ref ulong group, Vector512<ulong> addresses, Vector512<ulong> others)
    {
        Vector512<uint> low = Vector512.LoadUnsafe(ref group).AsUInt32();
        Vector512<uint> width = Vector512.LoadUnsafe(ref group, BoxGroups.Size).AsUInt32();
        Vector512<ushort> otherLow = Vector512.LoadUnsafe(ref group, 2 * BoxGroups.Size).AsUInt16();
        Vector512<ushort> otherWidth = Vector512.LoadUnsafe(ref group, 3 * BoxGroups.Size).AsUInt16();
        Vector512<uint> most = Vector512.Max(addresses.AsUInt32() - low, width);
        Vector512<ushort> otherMost = Vector512.Max(others.AsUInt16() - otherLow, otherWidth);
        Vector512<ulong> isIn = Vector512.Equals(most.AsUInt64(), width.AsUInt64());
        return (isIn & Vector512.Equals(otherMost.AsUInt64(), otherWidth.AsUInt64())).ExtractMostSignificantBits();
    }

    /// <summary>Those that fill up the last four have one bucket, which is empty.</summary>
    private static AlignedArray<ulong> Pack(List<BoxTable> tables, int emptyBucket)
    {
        int padded = (tables.Count + Lanes - 1) / Lanes * Lanes;
        var packed = new AlignedArray<ulong>(padded * 4);
        for (int i = 0; i < padded; i++)
        {
            BoxTable table = i < tables.Count ? tables[i] : new BoxTable(default, emptyBucket, 1);
            Span<ulong> four = packed.Span[((i / Lanes * 4 * Lanes) + (i % Lanes))..];
            (four[0], four[Lanes]) = (table.Mask.Addresses, table.Mask.Others);
            (four[2 * Lanes], four[3 * Lanes]) = ((ulong)table.Buckets, (ulong)table.Directory);
        }

        return packed;
    }
}

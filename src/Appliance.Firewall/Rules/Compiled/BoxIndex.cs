using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Finds the boxes that a packet lies in, among those of one family and direction: a tuple space (Srinivasan, Suri, Varghese 1999) whose
/// tuples are merged until they are few. Each box stands in one hash table, under the bits of those dimensions that tell it from
/// most others: a rule about a host under the host, one about a network and a service under both. A packet looks into one bucket of each
/// table, a handful of boxes, and compares itself with each by one vector. The looks do not depend on one another, so the processor
/// overlaps them. Bits are only ever a first sieve: the comparison is exact.
/// </summary>
internal sealed class BoxIndex
{
    private const int BoxNumbers = 16;              // a line: the lows of all dimensions, then the widths
    private const int WidthsAt = 8;
    private const int RuleLane = Dimension.Count;   // its low is the rule, its width everything
    private readonly BoxTable[] _tables;
    private readonly uint[] _starts;                // of all tables
    private readonly AlignedArray<uint> _boxes;
    private readonly int _listStart, _listEnd;      // the boxes that are in no table
    private readonly AddressRank? _sources, _destinations;

    public BoxIndex(BoxMaker maker)
    {
        (_sources, _destinations) = (maker.Sources, maker.Destinations);
        var builder = new BoxIndexBuilder();
        builder.Build(maker.Boxes);
        (_tables, _starts) = ([.. builder.Tables], [.. builder.Starts]);
        (_listStart, _listEnd) = (builder.ListStart, builder.Boxes.Count);
        _boxes = Pack(builder.Boxes);
    }

    public int TableCount => _tables.Length;

    /// <summary>Boxes in the fullest bucket.</summary>
    public int FullestBucket => _starts.Zip(_starts.Skip(1), (start, end) => (int)(end - start)).DefaultIfEmpty().Max();

    public long MemoryBytes =>
        (24L * _tables.Length) + (4L * _starts.Length) + _boxes.MemoryBytes
        + (_sources?.MemoryBytes ?? 0) + (_destinations?.MemoryBytes ?? 0);

    /// <summary>Places that <see cref="FoundRules"/> must have for this index.</summary>
    public int Places => (_tables.Length * BoxIndexBuilder.LargestBucket) + BoxIndexBuilder.SmallBucket + _listEnd - _listStart;

    /// <summary>Finds each rule one of whose boxes the packet is in.</summary>
    public void Collect(in PacketView packet, FoundRules found)
    {
        bool hasPorts = packet.HasPorts, hasIcmp = packet.HasIcmp;
        uint source = _sources is null ? (uint)packet.Source : (uint)_sources.Find(packet.Source);
        uint destination = _destinations is null ? (uint)packet.Destination : (uint)_destinations.Find(packet.Destination);
        uint low = hasPorts ? packet.SourcePort : hasIcmp ? packet.IcmpCode : Dimension.NoPort;
        uint high = hasPorts ? packet.DestinationPort : hasIcmp ? packet.IcmpType : Dimension.NoPort;
        Vector256<uint> numbers = Vector256.Create(packet.Port, (uint)packet.Protocol, source, destination, low, high, 0, 0);
        ulong others = PacketNumbers.Pack(packet.Port, (uint)packet.Protocol, low, high);
        ref uint places = ref MemoryMarshal.GetReference(found.Places);
        int count = Locate(new PacketNumbers(source | ((ulong)destination << 32), others), ref places);
        found.Take(Compare(ref places, count, numbers));
    }

    /// <summary>
    /// Writes where the boxes stand that the packet is to be compared with, and answers how many. A bucket's first places are written
    /// whether it has so many boxes or not, and the next bucket's over those too many: how full a bucket is cannot be foretold, and so is
    /// not branched on.
    /// </summary>
    private int Locate(PacketNumbers numbers, ref uint places)
    {
        ref uint starts = ref MemoryMarshal.GetArrayDataReference(_starts);
        uint count = 0;
        foreach (ref readonly BoxTable table in _tables.AsSpan())
        {
            ref uint bucket = ref Unsafe.Add(ref starts, table.Locate(numbers));
            uint first = bucket, boxes = Unsafe.Add(ref bucket, 1) - first;
            (Vector256.Create(first) + Vector256<uint>.Indices).StoreUnsafe(ref Unsafe.Add(ref places, count));
            for (uint i = BoxIndexBuilder.SmallBucket; i < boxes; i++) Unsafe.Add(ref places, count + i) = first + i;
            count += boxes;
        }

        return (int)count;
    }

    /// <summary>
    /// Leaves the rules of the boxes that the packet is in where their places were, and answers how many. What was compared is always
    /// written and counted only when it is inside, for the same reason as above.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Compare(ref uint places, int count, Vector256<uint> numbers)
    {
        ref uint boxes = ref _boxes[0];
        uint inside = 0;
        for (uint i = 0; i < (uint)count; i++)
        {
            ref uint box = ref Unsafe.Add(ref boxes, (nuint)Unsafe.Add(ref places, i) * BoxNumbers);
            Unsafe.Add(ref places, inside) = Unsafe.Add(ref box, RuleLane);
            inside += IsInside(ref box, numbers) ? 1u : 0u;
        }

        for (int i = _listStart; i < _listEnd; i++)
        {
            ref uint box = ref Unsafe.Add(ref boxes, (nuint)i * BoxNumbers);
            Unsafe.Add(ref places, inside) = Unsafe.Add(ref box, RuleLane);
            inside += IsInside(ref box, numbers) ? 1u : 0u;
        }

        return (int)inside;
    }

    /// <summary>low ≤ number ≤ low + width in every dimension, by one comparison since numbers wrap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInside(ref uint box, Vector256<uint> numbers)
    {
        Vector256<uint> lows = Vector256.LoadUnsafe(ref box), widths = Vector256.LoadUnsafe(ref box, WidthsAt);
        return Vector256.LessThanOrEqualAll(numbers - lows, widths);
    }

    private static AlignedArray<uint> Pack(List<RuleBox> boxes)
    {
        var packed = new AlignedArray<uint>(boxes.Count * BoxNumbers);
        for (int i = 0; i < boxes.Count; i++)
        {
            Span<uint> line = packed.Span.Slice(i * BoxNumbers, BoxNumbers);
            line[WidthsAt..].Fill(uint.MaxValue);
            line[RuleLane] = (uint)boxes[i].Rule;
            for (int d = 0; d < Dimension.Count; d++)
            {
                line[d] = boxes[i].Low[d];
                line[WidthsAt + d] = boxes[i].High[d] - boxes[i].Low[d];
            }
        }

        return packed;
    }
}

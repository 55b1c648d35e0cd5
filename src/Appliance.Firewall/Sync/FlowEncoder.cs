using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Firewall;

/// <summary>
/// A state as a record. What its owner cannot do without comes first; what would not fit behind that, in the largest of all records, is
/// left out, and costs a tag or a counter of match rules.
/// </summary>
/// <param name="shard">Knows the names.</param>
internal sealed class FlowEncoder(FirewallShard shard)
{
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const int PortsBytes = 4;

    public static int AddressBytes(bool isV6) => isV6 ? 16 : sizeof(uint);

    public static int KeyBytes(bool isV6) => (2 * AddressBytes(isV6)) + PortsBytes;

    /// <summary>All of a state.</summary>
    public int WriteWhole(in FlowRecord state, uint generation, MonotonicTime now, Span<byte> into)
    {
        var writer = new RecordWriter(into);
        WriteName(ref writer, state, generation);
        if (!IsBound(state)) WritePort(ref writer, state.Port);
        WriteLasting(ref writer, state, now);
        WriteOrigin(ref writer, state);
        return writer.Length;
    }

    /// <summary>What changes in a state while it lives, for who knows the rest.</summary>
    public int WriteChange(in FlowRecord state, uint generation, MonotonicTime now, Span<byte> into)
    {
        var writer = new RecordWriter(into);
        WriteName(ref writer, state, generation);
        WriteLasting(ref writer, state, now);
        return writer.Length;
    }

    /// <summary>Which state it is, and no more.</summary>
    public int WriteEnd(in FlowRecord state, uint generation, Span<byte> into)
    {
        var writer = new RecordWriter(into);
        WriteName(ref writer, state, generation);
        return writer.Length;
    }

    private void WriteName(ref RecordWriter writer, in FlowRecord state, uint generation)
    {
        if (writer.TryBegin(RecordField.Identity, FlowImage.IdentityBytes, out Span<byte> identity))
        {
            BinaryPrimitives.WriteUInt64BigEndian(identity, state.Id);
            BinaryPrimitives.WriteUInt32BigEndian(identity[8..], generation);
        }

        if (writer.TryBegin(RecordField.Shape, FlowImage.ShapeBytes, out Span<byte> shape))
        {
            (shape[0], shape[1], shape[2]) = ((byte)state.Direction, state.WireKey.Family, (byte)state.WireKey.Protocol);
            shape[3] = (byte)(IsBound(state) ? 1 : 0);
            FlowFlags flags = (state.Flags & FlowImage.Portable & ~FlowFlags.Translated)
                | (state.IsTranslated ? FlowFlags.Translated : FlowFlags.None);
            BinaryPrimitives.WriteUInt16BigEndian(shape[4..], (ushort)flags);
        }

        WriteKey(ref writer, RecordField.Wire, state.WireKey);
        if (state.IsTranslated) WriteKey(ref writer, RecordField.Stack, state.StackKey);
        if (IsBound(state)) WritePort(ref writer, state.WireKey.Port);
    }

    /// <summary>By its name, and by a group for whom that says nothing.</summary>
    private void WritePort(ref RecordWriter writer, ushort port)
    {
        FlowNames names = shard.Model.Names;
        writer.Write(RecordField.Port, names.PortOf(port));
        ReadOnlySpan<byte> role = names.RoleOf(port);
        if (!role.IsEmpty) writer.Write(RecordField.Role, role);
    }

    private static bool IsBound(in FlowRecord state) => state.WireKey.Port != FlowKey.AnyPort;

    private static void WriteKey(ref RecordWriter writer, RecordField field, in FlowKey key)
    {
        if (!writer.TryBegin(field, KeyBytes(key.IsV6), out Span<byte> value)) return;
        int address = AddressBytes(key.IsV6);
        if (key.IsV6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(value, key.Outside);
            BinaryPrimitives.WriteUInt128BigEndian(value[address..], key.Inside);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(value, (uint)key.Outside);
            BinaryPrimitives.WriteUInt32BigEndian(value[address..], (uint)key.Inside);
        }

        BinaryPrimitives.WriteUInt16BigEndian(value[(2 * address)..], key.OutsidePort);
        BinaryPrimitives.WriteUInt16BigEndian(value[((2 * address) + 2)..], key.InsidePort);
    }

    private static void WriteLasting(ref RecordWriter writer, in FlowRecord state, MonotonicTime now)
    {
        WriteTracker(ref writer, state);
        if (writer.TryBegin(RecordField.Time, FlowImage.TimeBytes, out Span<byte> time))
        {
            uint timeout = (uint)Math.Min(state.Timeout * 1000UL, uint.MaxValue);
            long idle = Math.Max(0, now - state.LastSeen) / NanosecondsPerMillisecond;
            BinaryPrimitives.WriteUInt32BigEndian(time, (uint)Math.Max(0, timeout - idle));
            BinaryPrimitives.WriteUInt32BigEndian(time[4..], timeout);
            BinaryPrimitives.WriteUInt64BigEndian(time[8..], (ulong)(Math.Max(0, now - state.Birth) / NanosecondsPerMillisecond));
        }

        if (!writer.TryBegin(RecordField.Counters, FlowImage.CountersBytes, out Span<byte> counters)) return;
        BinaryPrimitives.WriteUInt64BigEndian(counters, state.ForwardPackets);
        BinaryPrimitives.WriteUInt64BigEndian(counters[8..], state.ForwardBytes);
        BinaryPrimitives.WriteUInt64BigEndian(counters[16..], state.ReversePackets);
        BinaryPrimitives.WriteUInt64BigEndian(counters[24..], state.ReverseBytes);
    }

    private static void WriteTracker(ref RecordWriter writer, in FlowRecord state)
    {
        TrackerBytes tracker = state.Tracker;
        switch (FlowEdges.KindOf(state))
        {
            case TrackKind.Tcp:
                if (writer.TryBegin(RecordField.Tcp, FlowTracks.TcpBytes, out Span<byte> tcp))
                    FlowTracks.Write(tracker.As<TcpTrack>(), tcp);
                break;
            case TrackKind.Sctp:
                if (writer.TryBegin(RecordField.Sctp, FlowTracks.SctpBytes, out Span<byte> sctp))
                    FlowTracks.Write(tracker.As<SctpTrack>(), sctp);
                break;
            case TrackKind.Icmp or TrackKind.Icmpv6:
                if (writer.TryBegin(RecordField.Icmp, FlowTracks.IcmpBytes, out Span<byte> icmp))
                    icmp[0] = (byte)tracker.As<IcmpTrack>().Timeout;
                break;
            default:
                if (writer.TryBegin(RecordField.Pair, FlowTracks.PairBytes, out Span<byte> pair)) FlowTracks.Write(state.Pair, pair);
                break;
        }
    }

    /// <summary>What the rules that made it gave it.</summary>
    private void WriteOrigin(ref RecordWriter writer, in FlowRecord state)
    {
        FlowNames? made = shard.NamesOf(state.Ruleset);                 // null: nobody remembers
        if (made is not null) WriteRules(ref writer, state, made);
        if (state.GivenWay != 0) WriteWay(ref writer, state.GivenWay);
        if (state.SourceNode != FlowRecord.Nobody) writer.Write(RecordField.Source, default(ReadOnlySpan<byte>));
        byte sticky = FlowMemories.Of(state);
        if (sticky != 0) writer.Write(RecordField.Sticky, sticky);
        if (made is null) return;
        ReadOnlySpan<byte> tag = made.TagOf(state.Tag);
        if (!tag.IsEmpty) writer.Write(RecordField.Tag, tag);
        bool hasMatches = state.MatchSet != MatchSets.Empty && state.Ruleset == shard.Generation;
        if (hasMatches) WriteMatches(ref writer, made, shard.Model.Matches[state.MatchSet]);
    }

    private static void WriteRules(ref RecordWriter writer, in FlowRecord state, FlowNames made)
    {
        if (made.DigestOf(state.Rule) is not 0 and ulong rule) writer.Write(RecordField.Rule, rule);
        bool isTranslated = (state.Flags & FlowFlags.Translated) != FlowFlags.None;
        if (isTranslated && made.DigestOf(state.TranslationRule) is not 0 and ulong by) writer.Write(RecordField.Translation, by);
    }

    private void WriteWay(ref RecordWriter writer, ushort way)
    {
        ushort port = shard.Ways.Find(way, out UInt128 nextHop);
        ReadOnlySpan<byte> name = shard.Model.Names.PortOf(port);
        if (!writer.TryBegin(RecordField.Way, FlowImage.NextHopBytes + name.Length, out Span<byte> value)) return;
        BinaryPrimitives.WriteUInt128BigEndian(value, nextHop);
        name.CopyTo(value[FlowImage.NextHopBytes..]);
    }

    private static void WriteMatches(ref RecordWriter writer, FlowNames made, ReadOnlySpan<int> rules)
    {
        rules = rules[..Math.Min(rules.Length, FlowImage.MaxMatches)];
        if (!writer.TryBegin(RecordField.Matches, rules.Length * sizeof(ulong), out Span<byte> value)) return;
        for (int i = 0; i < rules.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(value[(i * sizeof(ulong))..], made.DigestOf((uint)rules[i]));
    }
}

using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Ip;
using Appliance.Wire.Sync;

namespace Appliance.Firewall;

/// <summary>
/// A record of a state, read and not yet believed in: what is in it agrees with itself, and names are still names. The names are borrowed
/// from the record.
/// </summary>
internal ref struct FlowImage
{
    /// <summary>Bits of <see cref="FlowFlags"/> that mean the same on the peer.</summary>
    public const FlowFlags Portable = FlowFlags.Sloppy | FlowFlags.LogAll | FlowFlags.AllowsOptions | FlowFlags.Translated
        | FlowFlags.HoldsAnswers | FlowFlags.AnswersByWay | FlowFlags.OfAnswer | FlowFlags.HoldsArrival | FlowFlags.Connected
        | FlowFlags.HoldsMapping;

    /// <summary>What the peer must have said of a state that is not here yet.</summary>
    private const uint OfNew = (1u << (int)RecordField.Port) | (1u << (int)RecordField.Time);

    private const uint OfAll =
        (1u << (int)RecordField.Identity) | (1u << (int)RecordField.Shape) | (1u << (int)RecordField.Wire);

    public const int NextHopBytes = 16, IdentityBytes = 12, ShapeBytes = 6, TimeBytes = 16, CountersBytes = 32;

    /// <summary>Match rules that a record names, at most.</summary>
    public const int MaxMatches = 16;

    private const ulong MaxAgeMilliseconds = 1_000_000_000_000;

    private uint _has;                                                  // by field
    private ReadOnlySpan<byte> _tracker;

    public ulong Id;
    public uint Generation;
    public FlowDirection Direction;
    public bool IsBound;
    public FlowFlags Flags;
    public FlowKey Wire, Stack;                                         // at any port
    public TrackKind Kind;
    public TcpTrack Tcp;
    public PairTrack Pair;
    public IcmpTrack Icmp;
    public SctpTrack Sctp;
    public ReadOnlySpan<byte> Port, Role, WayPort, Tag, Matches;
    public UInt128 NextHop;
    public uint RemainingMilliseconds, TimeoutMilliseconds;
    public ulong AgeMilliseconds;
    public ulong ForwardPackets, ForwardBytes, ReversePackets, ReverseBytes;
    public ulong Rule, Translation;
    public byte Sticky;

    /// <summary>Whether a state can be made of it.</summary>
    public readonly bool IsWhole => (_has & OfNew) == OfNew && HasTracker;

    public readonly bool HasTracker => !_tracker.IsEmpty;

    public readonly bool Has(RecordField field) => (_has & (1u << (int)field)) != 0;

    /// <summary>Reads a record.</summary>
    /// <returns>
    /// <see cref="FlowAdoption.Adopted"/>; <see cref="FlowAdoption.Malformed"/>: it is cut, says something twice or what cannot be; or
    /// <see cref="FlowAdoption.UnknownVersion"/>.
    /// </returns>
    public static FlowAdoption Read(ReadOnlySpan<byte> record, out FlowImage image)
    {
        image = default;
        if (record.IsEmpty || record.Length > IFlowJournal.MaxRecordBytes) return FlowAdoption.Malformed;
        if (record[0] != RecordReader.Version) return FlowAdoption.UnknownVersion;
        ReadOnlySpan<byte> wire = default, stack = default;
        var reader = new RecordReader(record);
        while (reader.MoveNext())
        {
            if (reader.Field is 0 or > RecordField.Matches) continue;
            if (image.Has(reader.Field) || !image.TryTake(reader.Field, reader.Value)) return FlowAdoption.Malformed;
            image._has |= 1u << (int)reader.Field;
            if (reader.Field == RecordField.Wire) wire = reader.Value;
            if (reader.Field == RecordField.Stack) stack = reader.Value;
        }

        bool isRight = !reader.IsCut && (image._has & OfAll) == OfAll && image.TryTakeKeys(wire, stack) && image.TryTakeTracker();
        return isRight ? FlowAdoption.Adopted : FlowAdoption.Malformed;
    }

    /// <summary>The keys of a state at any port, for who only looks where they lead. False: there are none to be seen.</summary>
    public static bool TryReadKeys(ReadOnlySpan<byte> record, out FlowKey wire, out FlowKey stack)
    {
        wire = stack = default;
        if (record.IsEmpty || record[0] != RecordReader.Version) return false;
        ReadOnlySpan<byte> shape = default, ofWire = default, ofStack = default;
        var reader = new RecordReader(record);
        while (ofStack.IsEmpty && reader.MoveNext())
        {
            if (reader.Field == RecordField.Shape) shape = reader.Value;
            else if (reader.Field == RecordField.Wire) ofWire = reader.Value;
            else if (reader.Field == RecordField.Stack) ofStack = reader.Value;
            else if (!ofWire.IsEmpty) break;                            // they stand together
        }

        if (shape.Length < ShapeBytes || shape[3] != 0) return false;
        FlowKey like = new FlowKey(shape[1] == 6, (IpProtocol)shape[2], 0, 0, 0, 0) with { Port = FlowKey.AnyPort };
        if (!TryReadKey(ofWire, like, out wire)) return false;
        stack = wire;
        return ofStack.IsEmpty || TryReadKey(ofStack, like, out stack);
    }

    private bool TryTake(RecordField field, ReadOnlySpan<byte> value)
    {
        switch (field)
        {
            case RecordField.Identity:
                if (value.Length < IdentityBytes) return false;
                Id = BinaryPrimitives.ReadUInt64BigEndian(value);
                Generation = BinaryPrimitives.ReadUInt32BigEndian(value[8..]);
                return Generation is > 0 and < 1u << SyncMark.GenerationBits;
            case RecordField.Shape:
                return TryTakeShape(value);
            case RecordField.Port:
                Port = value;
                return !value.IsEmpty;
            case RecordField.Role:
                Role = value;
                return true;
            case RecordField.Tcp or RecordField.Pair or RecordField.Icmp or RecordField.Sctp:
                if (HasTracker || value.IsEmpty) return false;
                _tracker = value;
                return true;
            case RecordField.Time:
                return TryTakeTime(value);
            case RecordField.Counters:
                if (value.Length < CountersBytes) return false;
                ForwardPackets = BinaryPrimitives.ReadUInt64BigEndian(value);
                ForwardBytes = BinaryPrimitives.ReadUInt64BigEndian(value[8..]);
                ReversePackets = BinaryPrimitives.ReadUInt64BigEndian(value[16..]);
                ReverseBytes = BinaryPrimitives.ReadUInt64BigEndian(value[24..]);
                return true;
            case RecordField.Rule:
                return BinaryPrimitives.TryReadUInt64BigEndian(value, out Rule);
            case RecordField.Translation:
                return BinaryPrimitives.TryReadUInt64BigEndian(value, out Translation);
            case RecordField.Way:
                if (value.Length <= NextHopBytes) return false;
                NextHop = BinaryPrimitives.ReadUInt128BigEndian(value);
                WayPort = value[NextHopBytes..];
                return true;
            case RecordField.Sticky:
                Sticky = value.IsEmpty ? (byte)0 : value[0];
                return !value.IsEmpty;
            case RecordField.Tag:
                Tag = value;
                return true;
            case RecordField.Matches:
                Matches = value;
                return value.Length % sizeof(ulong) == 0;
            default:
                return true;                                            // the keys wait for the shape
        }
    }

    private bool TryTakeShape(ReadOnlySpan<byte> value)
    {
        if (value.Length < ShapeBytes) return false;
        Direction = (FlowDirection)value[0];
        byte family = value[1];
        IsBound = value[3] != 0;
        Flags = (FlowFlags)BinaryPrimitives.ReadUInt16BigEndian(value[4..]) & Portable;
        Wire = new FlowKey(family == 6, (IpProtocol)value[2], 0, 0, 0, 0);
        return Direction is FlowDirection.In or FlowDirection.Out && family is 4 or 6;
    }

    private bool TryTakeTime(ReadOnlySpan<byte> value)
    {
        if (value.Length < TimeBytes) return false;
        RemainingMilliseconds = BinaryPrimitives.ReadUInt32BigEndian(value);
        TimeoutMilliseconds = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        AgeMilliseconds = BinaryPrimitives.ReadUInt64BigEndian(value[8..]);
        return RemainingMilliseconds <= TimeoutMilliseconds && AgeMilliseconds <= MaxAgeMilliseconds;
    }

    private bool TryTakeKeys(ReadOnlySpan<byte> wire, ReadOnlySpan<byte> stack)
    {
        FlowKey shape = Wire;
        Kind = TrackKinds.Of(shape.IsV6 ? NetworkKind.Ipv6 : NetworkKind.Ipv4, shape.Protocol);
        if (!TryReadKey(wire, shape, out Wire)) return false;
        Stack = Wire;
        if (Has(RecordField.Stack) && !TryReadKey(stack, shape, out Stack)) return false;
        return (Wire != Stack) == ((Flags & FlowFlags.Translated) != FlowFlags.None);
    }

    private static bool TryReadKey(ReadOnlySpan<byte> value, in FlowKey shape, out FlowKey key)
    {
        key = default;
        int address = FlowEncoder.AddressBytes(shape.IsV6);
        if (value.Length < FlowEncoder.KeyBytes(shape.IsV6)) return false;
        ReadOnlySpan<byte> ports = value[(2 * address)..];
        key = shape with
        {
            Outside = ReadAddress(value[..address]),
            Inside = ReadAddress(value.Slice(address, address)),
            OutsidePort = BinaryPrimitives.ReadUInt16BigEndian(ports),
            InsidePort = BinaryPrimitives.ReadUInt16BigEndian(ports[2..]),
        };
        return true;
    }

    private static UInt128 ReadAddress(ReadOnlySpan<byte> bytes) =>
        bytes.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>There is none, or that of the protocol.</summary>
    private bool TryTakeTracker()
    {
        if (!HasTracker) return true;
        return Kind switch
        {
            TrackKind.Tcp => Has(RecordField.Tcp) && FlowTracks.TryRead(_tracker, out Tcp),
            TrackKind.Sctp => Has(RecordField.Sctp) && FlowTracks.TryRead(_tracker, out Sctp),
            TrackKind.Icmp or TrackKind.Icmpv6 => Has(RecordField.Icmp) && FlowTracks.TryRead(_tracker, out Icmp),
            _ => Has(RecordField.Pair) && FlowTracks.TryRead(_tracker, Kind == TrackKind.Udp, out Pair),
        };
    }
}

namespace Appliance.Wire.Pcap;

/// <summary>
/// pcapng (draft-ietf-opsawg-pcapng): any number of sections, each in its own byte order and with its own interfaces; enhanced, simple and
/// obsolete packet blocks. Other blocks are passed over, however long they are. Section lengths are not believed.
/// </summary>
internal sealed class PcapngReader(CaptureSource source) : CaptureReader(source)
{
    private const int MaxInterfaces = 65_536;                         // of one section
    private const int MaxBlockLength = MaxRecordLength + (1 << 20);   // of a block that is read; the rest of it is options
    private const int SectionFixedLength = 16;                        // type(4) length(4) byte-order magic(4) major(2) minor(2)
    private const int ShortestSection = 28;                           // those, section length(8), length(4)
    private const int PacketFixedLength = 20;                         // interface(4) time(8) captured(4) original(4)
    private const int SimplePacketFixedLength = 4;                    // original(4)
    private readonly List<PcapngInterface> _interfaces = [];
    private CaptureByteOrder _order;
    private long _lastTimestamp;

    private protected override bool TryReadNext(out CaptureRecord record)
    {
        record = default;
        while (true)
        {
            long at = Source.Offset;
            if (!Source.TryFill(PcapngBlock.HeaderLength)) return Source.Available != 0 && FailCut(at, "a block header");
            uint type = _order.UInt32(Source.Peeked);
            bool goesOn = type switch
            {
                PcapngBlock.SectionHeader => TryReadSection(at),
                PcapngBlock.InterfaceDescription => TryReadInterface(at),
                PcapngBlock.EnhancedPacket or PcapngBlock.Packet => TryReadPacket(at, type, out record),
                PcapngBlock.SimplePacket => TryReadSimplePacket(at, out record),
                _ => TryReadLength(at, out uint length) && TrySkipBlock(at, length),
            };
            bool isPacket = type is PcapngBlock.EnhancedPacket or PcapngBlock.Packet or PcapngBlock.SimplePacket;
            if (!goesOn || isPacket) return goesOn;
        }
    }

    private bool TryReadSection(long at)
    {
        if (!Source.TryFill(SectionFixedLength)) return FailCut(at, "a section header");
        ReadOnlySpan<byte> header = Source.Peeked;
        _order = new CaptureByteOrder(new CaptureByteOrder(IsBigEndian: true).UInt32(header[8..]) == PcapngBlock.ByteOrderMagic);
        if (_order.UInt32(header[8..]) != PcapngBlock.ByteOrderMagic) return Fail(at, "a section header has no byte-order magic");
        ushort major = _order.UInt16(header[12..]), minor = _order.UInt16(header[14..]);
        if (major != 1) return Fail(at, $"version {major}.{minor} of pcapng is not known, only 1.0");
        if (!TryReadLength(at, out uint length)) return false;
        if (length < ShortestSection) return Fail(at, $"a section header of {length} bytes is too short");
        _interfaces.Clear();
        return TrySkipBlock(at, length);
    }

    private bool TryReadInterface(long at)
    {
        if (!TryTakeBlock(at, out ReadOnlyMemory<byte> body)) return false;
        if (_interfaces.Count == MaxInterfaces) return Fail(at, $"a section has more than {MaxInterfaces} interfaces");
        if (!PcapngInterface.TryParse(body.Span, _order, out PcapngInterface description, out string? reason)) return Fail(at, reason!);
        _interfaces.Add(description);
        return true;
    }

    private bool TryReadPacket(long at, uint type, out CaptureRecord record)
    {
        record = default;
        if (!TryTakeBlock(at, out ReadOnlyMemory<byte> block)) return false;
        ReadOnlySpan<byte> body = block.Span;
        if (body.Length < PacketFixedLength) return Fail(at, "a packet block is too short");
        uint interfaceId = type == PcapngBlock.Packet ? _order.UInt16(body) : _order.UInt32(body);
        if (!TryFindInterface(at, interfaceId, out PcapngInterface from)) return false;
        uint captured = _order.UInt32(body[12..]);
        if (!TryCheckCaptured(at, captured, body.Length - PacketFixedLength)) return false;
        int end = PacketFixedLength + (int)captured;
        ReadOnlySpan<byte> options = body[Math.Min(body.Length, PcapngBlock.Padded(end))..];
        if (!TryReadFlags(options, out uint flags)) return Fail(at, "an option of a packet is longer than its block");
        int fcsLength = (int)(flags >> 5) & 0xf;                      // in bytes; overrides the interface's
        _lastTimestamp = from.TimestampUnit.ToNanoseconds(((ulong)_order.UInt32(body[4..]) << 32) | _order.UInt32(body[8..]));
        record = new CaptureRecord
        {
            Memory = block[PacketFixedLength..end],
            OriginalLength = (int)Math.Min(_order.UInt32(body[16..]), int.MaxValue),
            TimestampNanoseconds = _lastTimestamp,
            LinkType = from.LinkType,
            FcsLength = fcsLength != 0 ? fcsLength : from.FcsLength,
            InterfaceId = (int)interfaceId,
            Direction = (CaptureDirection)(flags & 3),
        };
        return true;
    }

    /// <summary>
    /// §4.4: the packet is of interface 0, and what was captured of it follows from that interface's snap length, 0 meaning none.
    /// </summary>
    private bool TryReadSimplePacket(long at, out CaptureRecord record)
    {
        record = default;
        if (!TryTakeBlock(at, out ReadOnlyMemory<byte> block)) return false;
        if (block.Length < SimplePacketFixedLength) return Fail(at, "a simple packet block is too short");
        if (!TryFindInterface(at, 0, out PcapngInterface from)) return false;
        uint original = _order.UInt32(block.Span);
        uint captured = from.SnapLength == 0 ? original : Math.Min(original, from.SnapLength);
        if (!TryCheckCaptured(at, captured, block.Length - SimplePacketFixedLength)) return false;
        record = new CaptureRecord
        {
            Memory = block.Slice(SimplePacketFixedLength, (int)captured),
            OriginalLength = (int)Math.Min(original, int.MaxValue),
            TimestampNanoseconds = _lastTimestamp,
            LinkType = from.LinkType,
            FcsLength = from.FcsLength,
        };
        return true;
    }

    private bool TryFindInterface(long at, uint interfaceId, out PcapngInterface found)
    {
        bool isKnown = interfaceId < (uint)_interfaces.Count;
        found = isKnown ? _interfaces[(int)interfaceId] : default;
        return isKnown || Fail(at, $"a packet is of interface {interfaceId}, and the section has {_interfaces.Count}");
    }

    private bool TryCheckCaptured(long at, uint captured, int room)
    {
        if (captured > MaxRecordLength) return Fail(at, $"a packet of {captured} bytes is over the limit of {MaxRecordLength}");
        return captured <= room || Fail(at, $"a packet of {captured} bytes does not fit the {room} of its block");
    }

    private bool TryReadFlags(ReadOnlySpan<byte> bytes, out uint flags)
    {
        flags = 0;
        var options = new PcapngOptions(bytes, _order);
        while (options.TryNext(out ushort code, out ReadOnlySpan<byte> value))
        {
            if (code == PcapngBlock.FlagsOption && value.Length == 4) flags = _order.UInt32(value);
        }

        return !options.IsDamaged;
    }

    private bool TryReadLength(long at, out uint length)
    {
        length = _order.UInt32(Source.Peeked[4..]);
        return (length >= PcapngBlock.Shortest && length % 4 == 0) || Fail(at, $"a block cannot have {length} bytes");
    }

    /// <summary>The body of a block that is wanted whole.</summary>
    private bool TryTakeBlock(long at, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (!TryReadLength(at, out uint length)) return false;
        if (length > MaxBlockLength) return Fail(at, $"a block of {length} bytes is over the limit of {MaxBlockLength}");
        if (!Source.TryFill((int)length)) return FailCut(at, $"a block of {length} bytes");
        ReadOnlyMemory<byte> block = Source.Take((int)length);
        body = block[PcapngBlock.HeaderLength..^PcapngBlock.TrailerLength];
        return TryCheckTrailer(at, length, block.Span[^PcapngBlock.TrailerLength..]);
    }

    private bool TrySkipBlock(long at, uint length)
    {
        if (!Source.TrySkip(length - PcapngBlock.TrailerLength)) return FailCut(at, $"a block of {length} bytes");
        if (!Source.TryFill(PcapngBlock.TrailerLength)) return FailCut(at, $"a block of {length} bytes");
        return TryCheckTrailer(at, length, Source.Take(PcapngBlock.TrailerLength).Span);
    }

    private bool TryCheckTrailer(long at, uint length, ReadOnlySpan<byte> trailer)
    {
        uint again = _order.UInt32(trailer);
        return again == length || Fail(at, $"a block of {length} bytes says {again} at its end");
    }
}

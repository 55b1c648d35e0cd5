using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Appliance.Wire.Pcap;

/// <summary>
/// Classic pcap (draft-ietf-opsawg-pcap §4, §5): microseconds, nanoseconds, and the longer record header of Kuznetzov's patched libpcap,
/// each in either byte order.
/// <code>
/// file:    magic(4) major(2) minor(2) zone(4) sigfigs(4) snap length(4) link type with FCS bits(4)
/// record:  seconds(4) fraction(4) captured(4) original(4) [interface(4) protocol(2) packet type(1) padding(1)] bytes
/// </code>
/// The snap length is not believed: files exist whose records are longer.
/// </summary>
internal sealed class PcapReader : CaptureReader
{
    private const int FileHeaderLength = 24;
    private const uint Microseconds = 0xa1b2c3d4;
    private const uint Nanoseconds = 0xa1b23c4d;
    private const uint Kuznetzov = 0xa1b2cd34;                        // microseconds
    private const uint FcsLengthPresent = 0x0400_0000;
    private readonly CaptureByteOrder _order;
    private readonly int _nanosecondsPerFraction;
    private readonly int _recordHeaderLength;
    private LinkType _linkType;
    private int _fcsLength;
    private bool _headerRead;

    private PcapReader(CaptureSource source, CaptureByteOrder order, uint magic)
        : base(source)
    {
        _order = order;
        _nanosecondsPerFraction = magic == Nanoseconds ? 1 : 1000;
        _recordHeaderLength = magic == Kuznetzov ? 24 : 16;
    }

    /// <param name="source">Positioned at the magic.</param>
    /// <param name="magic">As read little-endian.</param>
    /// <param name="reader">Reads from the source, when the magic is one of this format.</param>
    public static bool TryOpen(CaptureSource source, uint magic, [NotNullWhen(true)] out PcapReader? reader)
    {
        uint swapped = BinaryPrimitives.ReverseEndianness(magic);
        bool isLittle = IsMagic(magic), isBig = IsMagic(swapped);
        reader = isLittle || isBig ? new PcapReader(source, new CaptureByteOrder(isBig), isBig ? swapped : magic) : null;
        return reader is not null;
    }

    private protected override bool TryReadNext(out CaptureRecord record)
    {
        record = default;
        if (!_headerRead && !TryReadFileHeader()) return false;
        long at = Source.Offset;
        if (!Source.TryFill(_recordHeaderLength)) return Source.Available != 0 && FailCut(at, "a record header");
        ReadOnlySpan<byte> header = Source.Peeked;
        uint seconds = _order.UInt32(header), fraction = _order.UInt32(header[4..]);
        uint captured = _order.UInt32(header[8..]), original = _order.UInt32(header[12..]);
        if (captured > MaxRecordLength) return Fail(at, $"a record of {captured} bytes is over the limit of {MaxRecordLength}");
        if (!Source.TryFill(_recordHeaderLength + (int)captured)) return FailCut(at, $"a record of {captured} bytes");
        record = new CaptureRecord
        {
            Memory = Source.Take(_recordHeaderLength + (int)captured)[_recordHeaderLength..],
            OriginalLength = (int)Math.Min(original, int.MaxValue),
            TimestampNanoseconds = (seconds * 1_000_000_000L) + ((long)fraction * _nanosecondsPerFraction),     // below 2^63, always
            LinkType = _linkType,
            FcsLength = _fcsLength,
        };
        return true;
    }

    private static bool IsMagic(uint magic) => magic is Microseconds or Nanoseconds or Kuznetzov;

    private bool TryReadFileHeader()
    {
        if (!Source.TryFill(FileHeaderLength)) return FailCut(0, "the file header");
        ReadOnlySpan<byte> header = Source.Peeked;
        ushort major = _order.UInt16(header[4..]), minor = _order.UInt16(header[6..]);
        if (major != 2) return Fail(0, $"version {major}.{minor} of pcap is not known, only 2.4");
        uint link = _order.UInt32(header[20..]);
        _linkType = (LinkType)link;
        _fcsLength = (link & FcsLengthPresent) != 0 ? 2 * (int)(link >> 28) : 0;   // in units of 16 bits
        Source.Take(FileHeaderLength);
        _headerRead = true;
        return true;
    }
}

using System.Buffers.Binary;

namespace Appliance.Wire.Pcap;

/// <summary>
/// Reads the packets of a pcap or pcapng file, one after the other, from any stream. Whatever the bytes are, nothing is thrown for them:
/// reading ends, <see cref="Damage"/> says where and why, and every record before the damage has been delivered. What the stream itself
/// throws passes through. For one thread.
/// </summary>
public abstract class CaptureReader : IDisposable
{
    /// <summary>Bytes of one packet; a capture that claims more is damaged.</summary>
    public const int MaxRecordLength = 16 << 20;

    private bool _ended;

    private protected CaptureReader(CaptureSource source) => Source = source;

    /// <summary>Null as long as nothing is wrong, and after a sound capture's last record.</summary>
    public CaptureDamage? Damage { get; private set; }

    /// <summary>Bytes of the stream read into records so far, for showing progress.</summary>
    public long BytesRead => Source.Offset;

    private protected CaptureSource Source { get; }

    /// <summary>Recognizes the format by its first bytes. The stream is disposed with the reader unless it is to stay open.</summary>
    public static CaptureReader Open(Stream stream, bool leaveOpen = false)
    {
        var source = new CaptureSource(stream, leaveOpen);
        if (!source.TryFill(4)) return new RefusedCapture(source, "the file ends before it says what it is");
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(source.Peeked);
        if (magic == PcapngBlock.SectionHeader) return new PcapngReader(source);
        if (PcapReader.TryOpen(source, magic, out PcapReader? reader)) return reader;
        return new RefusedCapture(source, (magic & 0xffff) == 0x8b1f
            ? "the file is compressed with gzip: decompress it first"
            : $"neither pcap nor pcapng begins with {BinaryPrimitives.ReverseEndianness(magic):x8}");
    }

    /// <summary>The next record, valid until the next call; false at the end of the capture or of what is sound of it.</summary>
    public bool TryRead(out CaptureRecord record)
    {
        record = default;
        if (_ended) return false;
        _ended = !TryReadNext(out record);
        return !_ended;
    }

    public void Dispose()
    {
        Source.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>False at the end, clean when <see cref="Fail"/> was not called.</summary>
    private protected abstract bool TryReadNext(out CaptureRecord record);

    /// <summary>Notes the damage; always false.</summary>
    private protected bool Fail(long byteOffset, string message)
    {
        Damage ??= new CaptureDamage(byteOffset, message);
        return false;
    }

    /// <summary>Notes that the file ends within something that begins at the offset; always false.</summary>
    private protected bool FailCut(long byteOffset, string what) => Fail(byteOffset, $"the file ends within {what}");

    private sealed class RefusedCapture : CaptureReader
    {
        public RefusedCapture(CaptureSource source, string message)
            : base(source) => Fail(0, message);

        private protected override bool TryReadNext(out CaptureRecord record)
        {
            record = default;
            return false;
        }
    }
}

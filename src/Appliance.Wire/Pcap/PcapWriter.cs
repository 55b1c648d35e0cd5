using System.Buffers.Binary;

namespace Appliance.Wire.Pcap;

/// <summary>
/// Writes frames of one link type as classic pcap: little-endian, nanoseconds, snap length 262144 (draft-ietf-opsawg-pcap §4, §5). The same
/// calls give the same bytes. For one thread; dispose to write out what is buffered.
/// </summary>
public sealed class PcapWriter : IDisposable
{
    /// <summary>Bytes; a longer frame is cut and keeps its original length.</summary>
    public const int SnapLength = 262_144;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long LastTimestamp = (uint.MaxValue * NanosecondsPerSecond) + NanosecondsPerSecond - 1;
    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;
    private readonly CaptureSink _sink;

    /// <summary>Writes the file header. The stream is disposed with the writer unless it is to stay open.</summary>
    public PcapWriter(Stream stream, bool leaveOpen = false, LinkType linkType = LinkType.Ethernet)
    {
        _sink = new CaptureSink(stream, leaveOpen);
        Span<byte> header = _sink.Next(FileHeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xa1b2_3c4d);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        header[8..16].Clear();                                        // time zone and accuracy: always zero
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)linkType);
    }

    /// <summary>Appends one frame.</summary>
    /// <param name="frame">Not kept.</param>
    /// <param name="timestampNanoseconds">Since the epoch; clamped to 1970 through 2106, which is what the format can hold.</param>
    public void Write(ReadOnlySpan<byte> frame, long timestampNanoseconds) => Write(frame, timestampNanoseconds, frame.Length);

    /// <summary>Appends what was captured of a frame of <paramref name="originalLength"/> bytes.</summary>
    public void Write(ReadOnlySpan<byte> frame, long timestampNanoseconds, int originalLength)
    {
        long timestamp = Math.Clamp(timestampNanoseconds, 0, LastTimestamp);
        ReadOnlySpan<byte> captured = frame[..Math.Min(frame.Length, SnapLength)];
        Span<byte> header = _sink.Next(RecordHeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(timestamp / NanosecondsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(timestamp % NanosecondsPerSecond));
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], captured.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], originalLength);
        _sink.Write(captured);
    }

    public void Flush() => _sink.Flush();

    public void Dispose() => _sink.Dispose();
}

using System.Buffers.Binary;
using System.Text.Unicode;

namespace Appliance.Wire.Pcap;

/// <summary>
/// Writes packets of several interfaces as pcapng (draft-ietf-opsawg-pcapng): one little-endian section, nanoseconds, a comment and a
/// direction for each packet that has them. The same calls give the same bytes. For one thread; dispose to write out what is buffered.
/// </summary>
public sealed class PcapngWriter : IDisposable
{
    /// <summary>Bytes; a longer packet is cut and keeps its original length.</summary>
    public const int SnapLength = 262_144;

    /// <summary>Bytes of UTF-8 of a comment or name; what is longer is cut between characters.</summary>
    public const int MaxTextLength = ushort.MaxValue;

    private const int OptionHeaderLength = 4;
    private const int FlagsOptionLength = 8;
    private const int PacketFixedLength = 28;                         // block header, interface, time, captured, original
    private readonly CaptureSink _sink;
    private readonly byte[] _text = new byte[MaxTextLength];          // a comment or name on its way to UTF-8
    private int _interfaceCount;

    /// <summary>Writes the section header. The stream is disposed with the writer unless it is to stay open.</summary>
    public PcapngWriter(Stream stream, bool leaveOpen = false)
    {
        _sink = new CaptureSink(stream, leaveOpen);
        int application = Encode("Appliance");
        int length = PcapngBlock.Shortest + 16 + OptionLength(application) + OptionHeaderLength;
        StartBlock(PcapngBlock.SectionHeader, length);
        PutUInt32(PcapngBlock.ByteOrderMagic);
        PutUInt32(1);                                                 // version 1.0
        PutUInt64(ulong.MaxValue);                                    // section length not known: blocks follow as they come
        PutTextOption(PcapngBlock.ApplicationOption, application);
        EndBlock(length, hasOptions: true);
    }

    /// <summary>Makes an interface known, at any time before its first packet; answers its number for <see cref="Write"/>.</summary>
    public int AddInterface(ReadOnlySpan<char> name, LinkType linkType = LinkType.Ethernet)
    {
        int text = Encode(name);
        int length = PcapngBlock.Shortest + 8 + OptionLength(text) + OptionLength(1) + OptionHeaderLength;
        StartBlock(PcapngBlock.InterfaceDescription, length);
        PutUInt32((ushort)linkType);
        PutUInt32(SnapLength);
        PutTextOption(PcapngBlock.InterfaceNameOption, text);
        PutOptionHeader(PcapngBlock.TimestampResolutionOption, 1);
        PutUInt32(9);                                                 // 10^-9 s, and three bytes of padding
        EndBlock(length, hasOptions: true);
        return _interfaceCount++;
    }

    /// <summary>Appends one packet.</summary>
    /// <param name="interfaceId">From <see cref="AddInterface"/>; another is an error of the caller.</param>
    /// <param name="packet">Not kept.</param>
    /// <param name="timestampNanoseconds">Since the epoch; what is before it becomes the epoch.</param>
    /// <param name="direction">Left out of the file when unknown.</param>
    /// <param name="comment">Left out of the file when empty.</param>
    public void Write(
        int interfaceId,
        ReadOnlySpan<byte> packet,
        long timestampNanoseconds,
        CaptureDirection direction = CaptureDirection.Unknown,
        ReadOnlySpan<char> comment = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(interfaceId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(interfaceId, _interfaceCount);
        ReadOnlySpan<byte> captured = packet[..Math.Min(packet.Length, SnapLength)];
        int text = Encode(comment), padding = PcapngBlock.Padded(captured.Length) - captured.Length;
        int options = (text > 0 ? OptionLength(text) : 0) + (direction != CaptureDirection.Unknown ? FlagsOptionLength : 0);
        bool hasOptions = options > 0;
        if (hasOptions) options += OptionHeaderLength;
        int length = PacketFixedLength + captured.Length + padding + options + PcapngBlock.TrailerLength;
        ulong timestamp = (ulong)Math.Max(0, timestampNanoseconds);
        StartBlock(PcapngBlock.EnhancedPacket, length);
        PutUInt32((uint)interfaceId);
        PutUInt32((uint)(timestamp >> 32));
        PutUInt32((uint)timestamp);
        PutUInt32((uint)captured.Length);
        PutUInt32((uint)packet.Length);
        _sink.Write(captured);
        _sink.Next(padding).Clear();
        if (text > 0) PutTextOption(PcapngBlock.CommentOption, text);
        if (direction != CaptureDirection.Unknown)
        {
            PutOptionHeader(PcapngBlock.FlagsOption, 4);
            PutUInt32((uint)direction);
        }

        EndBlock(length, hasOptions);
    }

    /// <summary>Appends what was counted at an interface so far; the last of an interface counts (§4.6).</summary>
    /// <param name="received">Packets that were to be captured.</param>
    /// <param name="dropped">Those of them that were lost.</param>
    /// <param name="comment">Left out of the file when empty.</param>
    public void WriteStatistics(
        int interfaceId, long timestampNanoseconds, long received, long dropped, ReadOnlySpan<char> comment = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(interfaceId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(interfaceId, _interfaceCount);
        int text = Encode(comment);
        int options = (2 * OptionLength(sizeof(ulong))) + (text > 0 ? OptionLength(text) : 0) + OptionHeaderLength;
        int length = PcapngBlock.Shortest + 12 + options;
        ulong timestamp = (ulong)Math.Max(0, timestampNanoseconds);
        StartBlock(PcapngBlock.InterfaceStatistics, length);
        PutUInt32((uint)interfaceId);
        PutUInt32((uint)(timestamp >> 32));
        PutUInt32((uint)timestamp);
        PutOptionHeader(PcapngBlock.ReceivedOption, sizeof(ulong));
        PutUInt64((ulong)received);
        PutOptionHeader(PcapngBlock.DroppedOption, sizeof(ulong));
        PutUInt64((ulong)dropped);
        if (text > 0) PutTextOption(PcapngBlock.CommentOption, text);
        EndBlock(length, hasOptions: true);
    }

    public void Flush() => _sink.Flush();

    public void Dispose() => _sink.Dispose();

    private static int OptionLength(int valueLength) => OptionHeaderLength + PcapngBlock.Padded(valueLength);

    private void StartBlock(uint type, int length)
    {
        PutUInt32(type);
        PutUInt32((uint)length);
    }

    private void EndBlock(int length, bool hasOptions)
    {
        if (hasOptions) PutUInt32(0);                                 // opt_endofopt
        PutUInt32((uint)length);
    }

    /// <summary>The length of the UTF-8 that now stands in <see cref="_text"/>; lone surrogates become U+FFFD.</summary>
    private int Encode(ReadOnlySpan<char> text)
    {
        Utf8.FromUtf16(text, _text, out _, out int written, replaceInvalidSequences: true);
        return written;
    }

    private void PutTextOption(ushort code, int length)
    {
        PutOptionHeader(code, length);
        _sink.Write(_text.AsSpan(0, length));
        _sink.Next(PcapngBlock.Padded(length) - length).Clear();
    }

    private void PutOptionHeader(ushort code, int length) => PutUInt32(code | ((uint)length << 16));

    private void PutUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_sink.Next(sizeof(uint)), value);

    private void PutUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_sink.Next(sizeof(ulong)), value);
}

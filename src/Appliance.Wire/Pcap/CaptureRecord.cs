namespace Appliance.Wire.Pcap;

/// <summary>One packet of a capture. Its bytes belong to the reader and stay as they are until the next read.</summary>
public readonly record struct CaptureRecord
{
    /// <summary>What was captured, from the first byte of the link-layer header.</summary>
    public ReadOnlyMemory<byte> Memory { get; init; }

    public ReadOnlySpan<byte> Bytes => Memory.Span;

    /// <summary>How long the packet was on the link, in bytes, as the file says it: more than was captured when it was cut short.</summary>
    public int OriginalLength { get; init; }

    /// <summary>
    /// Since 1970-01-01 UTC; clamped to what a long can hold. A simple packet block has no time and takes that of the record before it.
    /// </summary>
    public long TimestampNanoseconds { get; init; }

    public LinkType LinkType { get; init; }

    /// <summary>Bytes of frame check sequence that the file says end the packet; they count in <see cref="OriginalLength"/>.</summary>
    public int FcsLength { get; init; }

    /// <summary>The interface within its section of a pcapng file; 0 in a pcap file.</summary>
    public int InterfaceId { get; init; }

    public CaptureDirection Direction { get; init; }
}

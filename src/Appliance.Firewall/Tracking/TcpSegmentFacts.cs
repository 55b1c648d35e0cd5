using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// What tracking looks at of a TCP segment, or of the segments of a train, which differ in nothing but their place in the sequence.
/// </summary>
public readonly struct TcpSegmentFacts
{
    internal const byte NoScale = 0xff;

    private readonly byte _windowScale;

    public TcpSegmentFacts(uint sequence, uint acknowledgment, TcpFlags flags, ushort window, int payloadBytes)
        : this(sequence, acknowledgment, flags, window, payloadBytes, 0, NoScale)
    {
    }

    internal TcpSegmentFacts(
        uint sequence, uint acknowledgment, TcpFlags flags, ushort window, int payloadBytes, ushort maxSegment, byte windowScale)
    {
        Sequence = sequence;
        Acknowledgment = acknowledgment;
        Flags = flags;
        Window = window;
        PayloadBytes = payloadBytes;
        MaxSegment = maxSegment;
        _windowScale = windowScale;
    }

    public uint Sequence { get; }

    /// <summary>Means something only with <see cref="TcpFlags.Ack"/>.</summary>
    public uint Acknowledgment { get; }

    /// <summary>Of a train: those of all its segments.</summary>
    public TcpFlags Flags { get; }

    /// <summary>As in the header.</summary>
    public ushort Window { get; }

    /// <summary>Of a train: of all its segments.</summary>
    public int PayloadBytes { get; }

    /// <summary>The option of a SYN, 0 when there is none.</summary>
    public ushort MaxSegment { get; }

    /// <summary>RFC 7323 §2.3: a shift above 14 counts as 14.</summary>
    public byte WindowScale => HasWindowScale ? Math.Min(_windowScale, MaxWindowScale) : (byte)0;

    /// <summary>Only a SYN's option counts.</summary>
    public bool HasWindowScale => _windowScale != NoScale;

    public const byte MaxWindowScale = 14;

    /// <summary>Sequence numbers that the segment takes: payload, SYN and FIN.</summary>
    public uint Length => (uint)PayloadBytes + (Has(TcpFlags.Syn) ? 1u : 0) + (Has(TcpFlags.Fin) ? 1u : 0);

    public bool Has(TcpFlags flags) => (Flags & flags) != 0;

    public TcpSegmentFacts WithOptions(ushort maxSegment, byte? windowScale) =>
        new(Sequence, Acknowledgment, Flags, Window, PayloadBytes, maxSegment, windowScale ?? NoScale);

    /// <summary>The same for a whole train, of which this is the head.</summary>
    /// <param name="payloadBytes">Of all segments.</param>
    /// <param name="flags">Of all segments.</param>
    public TcpSegmentFacts ForTrain(int payloadBytes, TcpFlags flags) =>
        new(Sequence, Acknowledgment, Flags | flags, Window, payloadBytes, MaxSegment, _windowScale);

    /// <summary>
    /// Reads the TCP header and, of a SYN, the options. False when the header is not all there: fewer than 20 bytes, or a data offset
    /// below 5 words or beyond the segment.
    /// </summary>
    /// <param name="segment">From the TCP header's first byte to the datagram's end.</param>
    public static bool TryRead(Span<byte> segment, out TcpSegmentFacts facts)
    {
        facts = default;
        if (!TcpView.TryParse(segment, out TcpView tcp)) return false;
        facts = new TcpSegmentFacts(
            tcp.SequenceNumber, tcp.AcknowledgmentNumber, tcp.Flags, tcp.Window, segment.Length - tcp.HeaderLength);
        if (facts.Has(TcpFlags.Syn)) facts = facts.WithOptionsOf(tcp.Options);
        return true;
    }

    internal TcpSegmentFacts WithOptionsOf(ReadOnlySpan<byte> options)
    {
        ushort maxSegment = 0;
        byte? windowScale = null;
        var reader = new TcpOptionReader(options);
        while (reader.MoveNext())
        {
            if (reader.Current.TryGetMaximumSegmentSize(out ushort bytes)) maxSegment = bytes;
            else if (reader.Current.TryGetWindowScale(out byte shift)) windowScale = Math.Min(shift, MaxWindowScale);
        }

        return WithOptions(maxSegment, windowScale);
    }
}

namespace Appliance.Wire.Transport;

/// <summary>What a TCP header says, to be written (RFC 9293 §3.1).</summary>
public readonly record struct TcpFields
{
    public ushort SourcePort { get; init; }
    public ushort DestinationPort { get; init; }
    public uint SequenceNumber { get; init; }
    public uint AcknowledgmentNumber { get; init; }
    public TcpFlags Flags { get; init; }
    public ushort Window { get; init; }
    public ushort UrgentPointer { get; init; }

    /// <summary>0–40, a multiple of 4; the options are written as zeros (end of list) for the caller to fill in.</summary>
    public byte OptionsLength { get; init; }

    /// <summary>20–60 bytes.</summary>
    public int HeaderLength => TcpView.MinHeaderLength + OptionsLength;

    public static TcpFields From(TcpView view) => new()
    {
        SourcePort = view.SourcePort,
        DestinationPort = view.DestinationPort,
        SequenceNumber = view.SequenceNumber,
        AcknowledgmentNumber = view.AcknowledgmentNumber,
        Flags = view.Flags,
        Window = view.Window,
        UrgentPointer = view.UrgentPointer,
        OptionsLength = (byte)view.Options.Length,
    };

    /// <summary>
    /// Writes the header, for which there must be room, with a checksum of zero to be completed by the caller; the view covers all
    /// of <paramref name="bytes"/>.
    /// </summary>
    public TcpView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, HeaderLength);
        bytes[..HeaderLength].Clear();
        bytes[12] = (byte)(HeaderLength / 4 << 4);
        return new TcpView(bytes, HeaderLength)
        {
            SourcePort = SourcePort,
            DestinationPort = DestinationPort,
            SequenceNumber = SequenceNumber,
            AcknowledgmentNumber = AcknowledgmentNumber,
            Flags = Flags,
            Window = Window,
            UrgentPointer = UrgentPointer,
        };
    }
}

namespace Appliance.Wire.Transport;

/// <summary>What a UDP header says, to be written (RFC 768); the payload has at most 65,527 bytes.</summary>
public readonly record struct UdpFields(ushort SourcePort, ushort DestinationPort, ushort PayloadLength)
{
    /// <summary>The payload's length is the one that is there, after any cut.</summary>
    public static UdpFields From(UdpView view) => new(view.SourcePort, view.DestinationPort, (ushort)view.Payload.Length);

    /// <summary>
    /// Writes 8 bytes, which must be there, with a checksum of zero (none) to be completed by the caller; the view covers all of
    /// <paramref name="bytes"/>.
    /// </summary>
    public UdpView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, UdpView.HeaderLength);
        return new UdpView(bytes)
        {
            SourcePort = SourcePort,
            DestinationPort = DestinationPort,
            Length = (ushort)(UdpView.HeaderLength + PayloadLength),
            Checksum = 0,
        };
    }
}

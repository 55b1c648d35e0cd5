namespace Appliance.Wire.Transport;

/// <summary>What an SCTP common header says, to be written (RFC 9260 §3.1).</summary>
public readonly record struct SctpFields(ushort SourcePort, ushort DestinationPort, uint VerificationTag)
{
    public static SctpFields From(SctpView view) => new(view.SourcePort, view.DestinationPort, view.VerificationTag);

    /// <summary>
    /// Writes 12 bytes, which must be there, with a checksum of zero to be completed by the caller; the view covers all of
    /// <paramref name="bytes"/>.
    /// </summary>
    public SctpView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, SctpView.HeaderLength);
        return new SctpView(bytes)
        {
            SourcePort = SourcePort,
            DestinationPort = DestinationPort,
            VerificationTag = VerificationTag,
            Checksum = 0,
        };
    }
}

namespace Appliance.Wire.Ip;

/// <summary>What a fragment header says, to be written (RFC 8200 §4.5); the offset is a multiple of 8 up to 65,528.</summary>
public readonly record struct Ipv6FragmentFields(IpProtocol NextHeader, int FragmentOffsetBytes, bool MoreFragments, uint Identification)
{
    public static Ipv6FragmentFields From(Ipv6FragmentView view) =>
        new(view.NextHeader, view.FragmentOffsetBytes, view.MoreFragments, view.Identification);

    /// <summary>Writes 8 bytes, which must be there, reserved bits as zero; the view covers all of <paramref name="bytes"/>.</summary>
    public Ipv6FragmentView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, Ipv6FragmentView.HeaderLength);
        bytes[..Ipv6FragmentView.HeaderLength].Clear();
        return new Ipv6FragmentView(bytes)
        {
            NextHeader = NextHeader,
            FragmentOffsetBytes = FragmentOffsetBytes,
            MoreFragments = MoreFragments,
            Identification = Identification,
        };
    }
}

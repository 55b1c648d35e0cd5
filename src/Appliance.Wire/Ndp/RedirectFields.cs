using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Ndp;

/// <summary>What a redirect says in front of its options, to be written (RFC 4861 §4.5).</summary>
public readonly record struct RedirectFields(Ipv6Address Target, Ipv6Address Destination)
{
    public static RedirectFields From(RedirectView view) => new(view.Target, view.Destination);

    /// <summary>
    /// Writes 40 bytes, which must be there, with a checksum of zero to be completed by the caller. The view covers all of
    /// <paramref name="bytes"/>: its options are the caller's to write.
    /// </summary>
    public RedirectView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, RedirectView.HeaderLength);
        new Icmpv6Fields(Icmpv6Type.Redirect, Code: 0, RestOfHeader: 0).WriteTo(bytes);
        return new RedirectView(bytes) { Target = Target, Destination = Destination };
    }
}

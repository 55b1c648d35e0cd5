using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;

namespace Appliance.Wire.Ndp;

/// <summary>What a router solicitation says, to be written (RFC 4861 §4.1).</summary>
public readonly record struct RouterSolicitationFields(MacAddress? SourceLinkLayerAddress)
{
    /// <summary>8 or 16 bytes.</summary>
    public int Length => RouterSolicitationView.HeaderLength + NdpLinkLayerAddress.LengthOf(SourceLinkLayerAddress);

    public static RouterSolicitationFields From(RouterSolicitationView view) => new(view.SourceLinkLayerAddress);

    /// <summary>
    /// Writes <see cref="Length"/> bytes, which must be there, with a checksum of zero to be completed by the caller; the view covers
    /// those bytes.
    /// </summary>
    public RouterSolicitationView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, Length);
        new Icmpv6Fields(Icmpv6Type.RouterSolicitation, Code: 0, RestOfHeader: 0).WriteTo(bytes);
        var view = new RouterSolicitationView(bytes[..Length]);
        NdpLinkLayerAddress.Write(view.Options, NdpOptionType.SourceLinkLayerAddress, SourceLinkLayerAddress);
        return view;
    }
}

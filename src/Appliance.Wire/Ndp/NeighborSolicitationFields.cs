using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Ndp;

/// <summary>What a neighbor solicitation says, to be written (RFC 4861 §4.3); no address is told in duplicate address detection.</summary>
public readonly record struct NeighborSolicitationFields(Ipv6Address Target, MacAddress? SourceLinkLayerAddress)
{
    /// <summary>24 or 32 bytes.</summary>
    public int Length => NeighborSolicitationView.HeaderLength + NdpLinkLayerAddress.LengthOf(SourceLinkLayerAddress);

    public static NeighborSolicitationFields From(NeighborSolicitationView view) => new(view.Target, view.SourceLinkLayerAddress);

    /// <summary>
    /// Writes <see cref="Length"/> bytes, which must be there, with a checksum of zero to be completed by the caller; the view covers
    /// those bytes.
    /// </summary>
    public NeighborSolicitationView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, Length);
        new Icmpv6Fields(Icmpv6Type.NeighborSolicitation, Code: 0, RestOfHeader: 0).WriteTo(bytes);
        var view = new NeighborSolicitationView(bytes[..Length]) { Target = Target };
        NdpLinkLayerAddress.Write(view.Options, NdpOptionType.SourceLinkLayerAddress, SourceLinkLayerAddress);
        return view;
    }
}

using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Ndp;

/// <summary>What a neighbor advertisement says, to be written (RFC 4861 §4.4).</summary>
public readonly record struct NeighborAdvertisementFields(
    Ipv6Address Target,
    bool IsRouter,
    bool IsSolicited,
    bool IsOverride,
    MacAddress? TargetLinkLayerAddress)
{
    /// <summary>24 or 32 bytes.</summary>
    public int Length => NeighborAdvertisementView.HeaderLength + NdpLinkLayerAddress.LengthOf(TargetLinkLayerAddress);

    public static NeighborAdvertisementFields From(NeighborAdvertisementView view) =>
        new(view.Target, view.IsRouter, view.IsSolicited, view.IsOverride, view.TargetLinkLayerAddress);

    /// <summary>
    /// Writes <see cref="Length"/> bytes, which must be there, with a checksum of zero to be completed by the caller; the view covers
    /// those bytes.
    /// </summary>
    public NeighborAdvertisementView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, Length);
        new Icmpv6Fields(Icmpv6Type.NeighborAdvertisement, Code: 0, RestOfHeader: 0).WriteTo(bytes);
        var view = new NeighborAdvertisementView(bytes[..Length])
        {
            Target = Target,
            IsRouter = IsRouter,
            IsSolicited = IsSolicited,
            IsOverride = IsOverride,
        };
        NdpLinkLayerAddress.Write(view.Options, NdpOptionType.TargetLinkLayerAddress, TargetLinkLayerAddress);
        return view;
    }
}

using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Ndp;

/// <summary>
/// The rules of RFC 4861 §6.1, §7.1 and §8.1 by which a receiver MUST silently discard a message. Two are left to the caller: the
/// checksum is right, and a redirect comes from the router in use.
/// https://www.rfc-editor.org/rfc/rfc4861#section-7.1
/// </summary>
public static class NdpValidity
{
    private const byte UnforwardedHopLimit = 255;

    private static readonly Ipv6Address SolicitedNodePrefix = Ipv6Address.Any.SolicitedNode; // ff02::1:ff00:0/104

    /// <summary>Judges the ICMPv6 message that the datagram carries, given from its type on.</summary>
    public static NdpVerdict Judge(Ipv6View datagram, Span<byte> message) =>
        Judge(datagram.Source, datagram.Destination, datagram.HopLimit, message);

    public static NdpVerdict Judge(Ipv6Address source, Ipv6Address destination, byte hopLimit, Span<byte> message)
    {
        if (!Icmpv6View.TryParse(message, out Icmpv6View icmp)) return NdpVerdict.TooShort;
        int headerLength = HeaderLengthOf(icmp.Type);
        if (headerLength == 0) return NdpVerdict.NotNeighborDiscovery;
        if (hopLimit != UnforwardedHopLimit) return NdpVerdict.HopLimit;
        if (icmp.Code != 0) return NdpVerdict.Code;
        if (message.Length < headerLength) return NdpVerdict.TooShort;
        if (!AreWellFormed(message[headerLength..])) return NdpVerdict.Option;

        return icmp.Type switch
        {
            Icmpv6Type.RouterSolicitation => JudgeAsker(source, message[headerLength..]),
            Icmpv6Type.RouterAdvertisement => source.IsLinkLocal ? NdpVerdict.Valid : NdpVerdict.SourceNotLinkLocal,
            Icmpv6Type.NeighborSolicitation => JudgeSolicitation(source, destination, message),
            Icmpv6Type.NeighborAdvertisement => JudgeAdvertisement(destination, message),
            _ => JudgeRedirect(source, message),
        };
    }

    /// <summary>RFC 4861 §6.1.1 and §7.1.1: nobody who has no address yet tells a link-layer address.</summary>
    private static NdpVerdict JudgeAsker(Ipv6Address source, ReadOnlySpan<byte> options) =>
        source == Ipv6Address.Any && Contains(options, NdpOptionType.SourceLinkLayerAddress)
            ? NdpVerdict.LinkLayerAddressOfUnspecified
            : NdpVerdict.Valid;

    private static NdpVerdict JudgeSolicitation(Ipv6Address source, Ipv6Address destination, Span<byte> message)
    {
        var solicitation = new NeighborSolicitationView(message);
        if (solicitation.Target.IsMulticast) return NdpVerdict.GroupTarget;
        if (source == Ipv6Address.Any && !IsSolicitedNode(destination)) return NdpVerdict.UnspecifiedToOther;
        return JudgeAsker(source, solicitation.Options);
    }

    private static NdpVerdict JudgeAdvertisement(Ipv6Address destination, Span<byte> message)
    {
        var advertisement = new NeighborAdvertisementView(message);
        if (advertisement.Target.IsMulticast) return NdpVerdict.GroupTarget;
        return advertisement.IsSolicited && destination.IsMulticast ? NdpVerdict.SolicitedToGroup : NdpVerdict.Valid;
    }

    private static NdpVerdict JudgeRedirect(Ipv6Address source, Span<byte> message)
    {
        var redirect = new RedirectView(message);
        if (!source.IsLinkLocal) return NdpVerdict.SourceNotLinkLocal;
        if (redirect.Destination.IsMulticast) return NdpVerdict.GroupTarget;
        bool isNeighbor = redirect.Target == redirect.Destination;
        return isNeighbor || redirect.Target.IsLinkLocal ? NdpVerdict.Valid : NdpVerdict.RedirectTarget;
    }

    private static bool IsSolicitedNode(Ipv6Address address) => address.Value >> 24 == SolicitedNodePrefix.Value >> 24;

    private static bool AreWellFormed(ReadOnlySpan<byte> options)
    {
        var reader = new NdpOptionReader(options);
        while (reader.MoveNext()) { }
        return !reader.IsMalformed;
    }

    private static bool Contains(ReadOnlySpan<byte> options, NdpOptionType type)
    {
        var reader = new NdpOptionReader(options);
        while (reader.MoveNext())
            if (reader.Current.Type == type) return true;
        return false;
    }

    /// <summary>Bytes in front of the options; 0 for what is not neighbour discovery.</summary>
    private static int HeaderLengthOf(Icmpv6Type type) => type switch
    {
        Icmpv6Type.RouterSolicitation => RouterSolicitationView.HeaderLength,
        Icmpv6Type.RouterAdvertisement => RouterAdvertisementView.HeaderLength,
        Icmpv6Type.NeighborSolicitation => NeighborSolicitationView.HeaderLength,
        Icmpv6Type.NeighborAdvertisement => NeighborAdvertisementView.HeaderLength,
        Icmpv6Type.Redirect => RedirectView.HeaderLength,
        _ => 0,
    };
}

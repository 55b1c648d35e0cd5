using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ndp;

namespace Appliance.Wire.Text;

internal static class NdpText
{
    private const int MaxOptionsShown = 8;

    /// <summary>False, with nothing written, for a message that is none of the five.</summary>
    public static bool TryWrite(TextLine line, Icmpv6Type type, IpPayload payload) => type switch
    {
        Icmpv6Type.RouterSolicitation => WriteRouterSolicitation(line, payload),
        Icmpv6Type.RouterAdvertisement => WriteRouterAdvertisement(line, payload),
        Icmpv6Type.NeighborSolicitation => WriteNeighborSolicitation(line, payload),
        Icmpv6Type.NeighborAdvertisement => WriteNeighborAdvertisement(line, payload),
        Icmpv6Type.Redirect => WriteRedirect(line, payload),
        _ => false,
    };

    private static bool WriteRouterSolicitation(TextLine line, IpPayload payload)
    {
        line.Add("router solicitation");
        if (!RouterSolicitationView.TryParse(payload.Bytes, out RouterSolicitationView view)) return WriteShort(line, payload);
        return WriteOptions(line, view.Options, payload);
    }

    private static bool WriteRouterAdvertisement(TextLine line, IpPayload payload)
    {
        line.Add("router advertisement");
        if (!RouterAdvertisementView.TryParse(payload.Bytes, out RouterAdvertisementView view)) return WriteShort(line, payload);
        line.Add($", hop limit {view.CurrentHopLimit}");
        line.AddIf(view.IsManagedConfiguration, ", managed").AddIf(view.IsOtherConfiguration, ", other");
        line.Add($", router lifetime {view.RouterLifetimeSeconds}s");
        return WriteOptions(line, view.Options, payload);
    }

    private static bool WriteNeighborSolicitation(TextLine line, IpPayload payload)
    {
        line.Add("neighbor solicitation");
        if (!NeighborSolicitationView.TryParse(payload.Bytes, out NeighborSolicitationView view)) return WriteShort(line, payload);
        line.Add($", who has {view.Target}");
        return WriteOptions(line, view.Options, payload);
    }

    private static bool WriteNeighborAdvertisement(TextLine line, IpPayload payload)
    {
        line.Add("neighbor advertisement");
        if (!NeighborAdvertisementView.TryParse(payload.Bytes, out NeighborAdvertisementView view)) return WriteShort(line, payload);
        line.Add($", tgt is {view.Target}");
        line.AddIf(view.IsRouter, ", router").AddIf(view.IsSolicited, ", solicited").AddIf(view.IsOverride, ", override");
        return WriteOptions(line, view.Options, payload);
    }

    private static bool WriteRedirect(TextLine line, IpPayload payload)
    {
        line.Add("redirect");
        if (!RedirectView.TryParse(payload.Bytes, out RedirectView view)) return WriteShort(line, payload);
        line.Add($", {view.Destination} to {view.Target}");
        return WriteOptions(line, view.Options, payload);
    }

    private static bool WriteShort(TextLine line, IpPayload payload)
    {
        line.Add(" ").Add(ProtocolText.ShortFault(payload));
        return true;
    }

    private static bool WriteOptions(TextLine line, ReadOnlySpan<byte> options, IpPayload payload)
    {
        var reader = new NdpOptionReader(options);
        for (int shown = 0; shown < MaxOptionsShown && reader.MoveNext(); shown++) line.Add(", ").Add(Describe(reader.Current));
        line.AddIf(reader.IsMalformed && !payload.IsTruncated && !payload.IsFirstFragment, ", [malformed option]");
        return true;
    }

    private static string Describe(NdpOption option)
    {
        string end = option.Type == NdpOptionType.SourceLinkLayerAddress ? "source" : "destination";
        if (option.TryGetLinkLayerAddress(out MacAddress address)) return $"{end} link-address {address}";
        if (option.TryGetMtu(out uint mtu)) return $"mtu {mtu}";
        if (option.TryGetPrefix(out NdpPrefixInformation prefix)) return $"prefix {prefix.Prefix}/{prefix.PrefixLength}";
        return option.Type switch
        {
            NdpOptionType.RedirectedHeader => "redirected header",
            NdpOptionType.RecursiveDnsServers => "rdnss",
            NdpOptionType.DnsSearchList => "dnssl",
            NdpOptionType.RouteInformation => "route info",
            _ => $"option {(byte)option.Type}",
        };
    }
}

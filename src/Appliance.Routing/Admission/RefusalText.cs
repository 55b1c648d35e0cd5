using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>What a trace says of a datagram that <see cref="AdmitStage"/> refused: the address and the rule. Never empty.</summary>
internal static class RefusalText
{
    public static string Of(Frame frame, DropReason refused, RoutingModel model)
    {
        (IpAddress source, IpAddress destination) = AddressesOf(frame);
        int port = frame.Info.IngressPort;
        return refused switch
        {
            DropReason.SourceRoute when source.IsV6 => "a routing header of type 0",
            DropReason.SourceRoute => "a loose or strict source route among the options",
            DropReason.Land => $"from {source} to itself",
            DropReason.Martian => Martian(source, destination, port, model),
            DropReason.L2Group => $"to {destination} in a frame to {MacAddress.Read(frame.Bytes)}, a group",
            DropReason.Spoof => Spoof(source, port, model),
            _ => $"to {destination}",
        };
    }

    private static (IpAddress Source, IpAddress Destination) AddressesOf(Frame frame)
    {
        if (frame.Info.Network == NetworkKind.Ipv6) return (Ipv6Address.Read(frame.Datagram[8..]), Ipv6Address.Read(frame.Datagram[24..]));
        return (new Ipv4Address(DatagramAddresses.Ipv4Source(frame)), new Ipv4Address(DatagramAddresses.Ipv4Destination(frame)));
    }

    /// <summary>The first rule that is broken, in the order in which they are judged.</summary>
    private static string Martian(IpAddress source, IpAddress destination, int port, RoutingModel model)
    {
        bool impossible = source.IsV6 ? AddressRules.IsMartianSource(source.V6) : AddressRules.IsMartianSource(source.V4);
        if (impossible) return $"source {source} is {AddressRules.KindOf(source)}";
        AddressUse use = source.IsV6 ? model.Own.UseOf(source.V6, port) : model.Own.UseOf(source.V4);
        return use switch
        {
            AddressUse.Own => $"source {source} is the appliance's own",
            AddressUse.Broadcast => $"source {source} is a network's broadcast address",
            _ => $"destination {destination} is {AddressRules.KindOf(destination)}",
        };
    }

    private static string Spoof(IpAddress source, int port, RoutingModel model)
    {
        string check = $"rpf {model.Addresses[port].ReversePath.ToString().ToLowerInvariant()} at {model.Ports[port].Name}";
        int found = model.Find(source);
        if (found == RoutingModel.NoRoute) return $"{check}: no route leads to {source}";
        RouteTarget route = model.TargetOf(found);
        string to = RouteText.PrefixOf(source, model);
        if (route.IsEnd) return $"{check}: {to} is {(route.Kind == TargetKind.Blackhole ? "a blackhole" : RouteText.NameOf(route.Kind))}";
        IEnumerable<string> ports = route.Ways.Select(way => model.Ports[way.Port].Name).Distinct(StringComparer.Ordinal);
        return $"{check}: {to} leads there by {string.Join(" or ", ports)}";
    }
}

using System.Collections.Immutable;
using Appliance.Configuration.Asked;
using Appliance.Configuration.Keys;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Building;

/// <summary>Routes as asked → routes of the model: one for each destination, each next hop on the link of a port.</summary>
internal sealed class RouteBuilder(ImmutableArray<PortModel> ports, PortNames names, AddressPlan plan, ErrorList errors)
{
    private readonly Dictionary<IpPrefix, TextPosition> _destinations = [];
    private readonly HashSet<string> _ways = new(StringComparer.Ordinal);       // different ones, beside one on the link of each port

    public RouteModel Build(RouteConfig route)
    {
        IpPrefix to = CheckDestination(route);
        bool isBlackhole = route.Blackhole is { Value: true };
        if (isBlackhole) CheckBlackhole(route);
        else if (route.IsSound && route.Via.IsEmpty)
            errors.Add(route.Position, "a route without 'via'; expected the address of a next hop, a list of these, or blackhole: true");
        var built = new RouteModel(to, isBlackhole ? [] : ResolveAll(route), isBlackhole);
        if (_ways.Add(string.Join(' ', built.Via)) && ports.Length + _ways.Count == Limits.DifferentWays + 1)
            errors.Add(route.Position,
                $"routes: more than {Limits.DifferentWays} different next hops, or lists of them, the most that can be told apart");
        return built;
    }

    private IpPrefix CheckDestination(RouteConfig route)
    {
        if (route.To is not { } to) return default;
        bool isBlackhole = route.Blackhole is { Value: true };
        if (!_destinations.TryAdd(to.Value, to.Position))
            errors.Add(to.Position,
                $"to: a second route to {to.Value}, the first is at {_destinations[to.Value]}; for several next hops make 'via' a list");
        else if (plan.PortOfNetwork(to.Value) is { } port)
            errors.Add(to.Position, $"to: {to.Value} is the network of the port '{ports[port].Name}' and needs no route; delete this one");
        else if (!isBlackhole && AddressRules.WhyNotRouted(to.Value) is { } what)
            errors.Add(to.Position, $"to: {to.Value} is {what}; expected a unicast network, or blackhole: true");
        return to.Value;
    }

    private void CheckBlackhole(RouteConfig route)
    {
        if (route.ViaPosition is { } via) errors.Add(via, "via: a blackhole has no next hop; delete 'via' or 'blackhole'");
        if (route.Port is { } port) errors.Add(port.Position, "port: a blackhole leaves by no port; delete 'port' or 'blackhole'");
    }

    private ImmutableArray<NextHopModel> ResolveAll(RouteConfig route)
    {
        int? routePort = names.Resolve(RouteKeys.Port, route.Port);
        bool isPortWrong = route.Port is not null && routePort is null;
        HashSet<NextHopModel> seen = [];
        ImmutableArray<NextHopModel>.Builder hops = ImmutableArray.CreateBuilder<NextHopModel>(route.Via.Length);
        foreach (Positioned<NextHopText> via in route.Via)
        {
            if (route.To is { } to && to.Value.Address.IsV6 != via.Value.Address.IsV6)
                Refuse(via, $"{via.Value.Address} is of another family than {to.Value}; expected an {Family(to.Value.Address)} address");
            else if (!isPortWrong && Resolve(via, routePort) is { } hop)
            {
                if (seen.Add(hop)) hops.Add(hop);
                else Refuse(via, $"{hop.Address} stands twice; keep one");
            }
        }

        return hops.DrainToImmutable();
    }

    private NextHopModel? Resolve(Positioned<NextHopText> via, int? routePort)
    {
        IpAddress address = via.Value.Address;
        int? zone = via.Value.Port is { } name ? names.Resolve(RouteKeys.Via, new Positioned<string>(name, via.Position)) : null;
        if (via.Value.Port is not null && zone is null) return null;
        if (zone is not null && routePort is not null && zone != routePort)
        {
            string other = ports[routePort.Value].Name;
            return Refuse(via, $"{address} is on the port '{via.Value.Port}', but 'port' says '{other}'; delete one of the two");
        }

        int? port = zone ?? routePort;
        if (port is null && AddressRules.WhyNoStation(address) is { } what)
            return Refuse(via, $"{address} is {what}; expected the address of a station");
        if (port is null && address.IsV6 && address.IsLinkLocal)
            return Refuse(via,
                $"{address} is link-local, which every port has; expected the port after it, such as {address}%{ports[0].Name}");
        port ??= plan.FindPort(address);
        if (port is null) return plan.IsComplete ? Refuse(via, Unreachable(address)) : null;
        return plan.WhyNoStationOn(port.Value, address) is { } problem ? Refuse(via, problem) : new NextHopModel(address, port.Value);
    }

    private string Unreachable(IpAddress address)
    {
        PortModel? learning = ports.FirstOrDefault(port => port.Dynamic != DynamicAddressing.None);
        string right = learning is null ? "" : $", or the key 'port' for a port that learns its addresses, such as port: {learning.Name}";
        return $"{address} is on no network of any port; expected a next hop in a network of a port{right}";
    }

    private NextHopModel? Refuse(Positioned<NextHopText> via, string message)
    {
        errors.Add(via.Position, $"via: {message}");
        return null;
    }

    private static string Family(IpAddress address) => address.IsV6 ? "IPv6" : "IPv4";
}

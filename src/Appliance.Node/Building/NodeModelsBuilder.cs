using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Routing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>Turns a validated configuration into the models of the data plane. Pure: the same input gives the same models.</summary>
public static class NodeModelsBuilder
{
    /// <param name="configuration">What is wanted.</param>
    /// <param name="options">What whoever runs the node wants.</param>
    /// <param name="workers">How many.</param>
    /// <param name="accounts">Of the ruleset's rules (<see cref="RuleLedger"/>); empty: none has one.</param>
    /// <param name="sticky">Of its pools (<see cref="StickyLedger"/>); null: none remembers anything.</param>
    /// <param name="former">The table in force, with what has been learned; null: there is none.</param>
    public static NodeModels Build(
        RuntimeModel configuration, NodeOptions options, int workers, ImmutableArray<ushort> accounts = default, StickyPools? sticky = null,
        ForwardingTable? former = null)
    {
        PortTable ports = BuildPorts(configuration, options);
        RoutingModel routing = BuildRouting(configuration, options, ports, former);
        SteeringRules steering = BuildSteering(configuration.Steering, options, workers);
        return new NodeModels(ports, steering, routing, BuildFirewall(configuration, options, ports, routing, accounts, sticky, workers));
    }

    /// <summary>The MAC of the port with this ordinal where no device gives one: 02:01:00:00:00:NN.</summary>
    public static MacAddress MacOf(int ordinal) => new(0x0201_0000_0000UL | (uint)ordinal);

    /// <summary>The interface identifier of RFC 4291 Appendix A behind fe80::/64.</summary>
    public static Ipv6Address LinkLocalOf(MacAddress mac)
    {
        ulong identifier = ((mac.Value >> 24) << 40) | 0xff_fe00_0000UL | (mac.Value & 0xff_ffff);
        return new Ipv6Address(new UInt128(0xfe80_0000_0000_0000, identifier ^ 0x0200_0000_0000_0000));
    }

    private static PortTable BuildPorts(RuntimeModel configuration, NodeOptions options) =>
        new([.. configuration.Ports.Select(port => FactsOf(port, PhysicalOf(configuration, port), options))]);

    private static PortFacts FactsOf(PortModel port, PortModel physical, NodeOptions options)
    {
        PortLink link = options.Links.TryGetValue(physical.Index, out PortLink live)
            ? live
            : new PortLink(MacOf(physical.Ordinal), options.Capabilities, port.MtuBytes);
        return new PortFacts
        {
            Index = port.Index,
            Name = port.Name,
            Parent = port.ParentIndex ?? PortFacts.NoParent,
            VlanId = (ushort)(port.VlanId ?? 0),
            Physical = physical.Index,
            Mac = link.Mac,
            MtuBytes = Math.Min(port.MtuBytes, link.MtuBytes),
            Coalesces = port.Offloads.Lro,
            BelievesChecksums = port.Offloads.RxChecksum,
            Capabilities = link.Capabilities & Allowed(port.Offloads),
            AnyDestination = !options.StrictMac,
            VirtualHosts = options.VirtualHostsOf(port),
        };
    }

    /// <summary>Which of a port's abilities the configuration lets it use.</summary>
    private static PortCapabilities Allowed(OffloadModel offloads) =>
        (offloads.RxChecksum ? PortCapabilities.ReceiveChecksum : PortCapabilities.None)
        | (offloads.TxChecksum ? PortCapabilities.TransmitChecksum : PortCapabilities.None)
        | (offloads.Tso && offloads.TxChecksum ? PortCapabilities.Segmentation | PortCapabilities.UdpSegmentation : PortCapabilities.None)
        | PortCapabilities.LargeReceive;

    private static PortModel PhysicalOf(RuntimeModel configuration, PortModel port)
    {
        while (port.ParentIndex is { } parent)
            port = configuration.Ports[parent];
        return port;
    }

    private static SteeringRules BuildSteering(SteeringModel steering, NodeOptions options, int workers)
    {
        RssKey key = steering.KeyKind switch
        {
            SteeringKeyKind.Microsoft => RssKey.Microsoft,
            SteeringKeyKind.Given => new RssKey(steering.Key),
            _ => RssKey.From(KeyedRandom.FromSeed(options.PairSecret ?? options.Seed)),
        };
        return new SteeringRules(
            new ToeplitzHash(key),
            steering.KeyKind == SteeringKeyKind.Symmetric,
            steering.HashTypes,
            IndirectionTable.Even(steering.IndirectionEntries, workers));
    }

    private static RoutingModel BuildRouting(
        RuntimeModel configuration, NodeOptions options, PortTable ports, ForwardingTable? former)
    {
        var neighbours = new NeighbourTable(
            configuration.Neighbors.Select(neighbor => KeyValuePair.Create((neighbor.PortIndex, neighbor.Address), neighbor.Mac)),
            options.InventNeighbours && options.LiveNeighbours is null);
        return new RoutingModel(
            ports,
            [.. configuration.Ports.Select(port => AddressesOf(port, configuration, options))],
            new OwnAddressTable(OwnAddresses(configuration, ports), SharedAddresses(configuration, ports)),
            neighbours,
            BuildTable(configuration, options, neighbours, former));
    }

    /// <summary>The one in force, where the configuration says nothing else of routes: a table of the Internet is not made anew.</summary>
    private static ForwardingTable BuildTable(
        RuntimeModel configuration, NodeOptions options, NeighbourTable neighbours, ForwardingTable? former)
    {
        ImmutableArray<Route> routes = [.. ConnectedRoutes(configuration), .. configuration.Routes.Select(ToRoute)];
        if (former is null) return new ForwardingTable(routes, neighbours, options.TableMemory);
        bool isPort(int port) => port < configuration.Ports.Length && !configuration.Ports[port].IsVacant;
        return former.Is(routes, neighbours) ? former.Share() : former.With(routes, neighbours, isPort);
    }

    private static Firewall.FirewallModel BuildFirewall(
        RuntimeModel configuration, NodeOptions options, PortTable ports, RoutingModel routing, ImmutableArray<ushort> accounts,
        StickyPools? sticky, int workers)
    {
        if (configuration.Firewall is not { Rules: { } asked }) return Firewall.FirewallModel.Off;
        ResolvedRuleset rules = WithLinkLocalAddresses(asked, ports);
        var secret = KeyedRandom.FromSeed(options.Seed);
        return new Firewall.FirewallModel
        {
            IsOn = true,
            Rules = CompiledRuleset.Compile(rules.Rules),
            Accounts = accounts.IsDefault ? [] : accounts,
            Translations = [.. rules.Translations.Select((translation, index) => new LiveTranslation(
                translation, secret, sticky?.Sources[index], sticky?.Destinations[index]))],
            OuterPools = [.. rules.Translations.Select(translation => translation.Source?.Pool).OfType<PoolSpec>().Distinct()],
            InnerPools = [.. rules.Translations.Select(translation => translation.Destination?.Pool).OfType<PoolSpec>().Distinct()],
            Ways = [.. rules.Routes.Select((route, index) => new LiveRoute(route, secret, sticky?.Routes[index]))],
            Names = FlowNames.Of(rules),
            Routes = new RouteFacts(routing),
            Random = secret,
            Timeouts = rules.Timeouts,
            StateLimit = rules.StateLimit,
            IsIfBound = rules.DefaultBinding == StateBinding.IfBound,
            Skip = rules.Skip,
            Tables = TableSet.Open(rules.Tables, workers),
        };
    }

    /// <summary>The configuration knows no MAC addresses, and so none that are made of them: <c>(lan)</c> is those, too.</summary>
    private static ResolvedRuleset WithLinkLocalAddresses(ResolvedRuleset rules, PortTable ports)
    {
        FirewallPorts known = rules.Ports.With(port => port with { LinkLocal = LinkLocalOf(ports[port.Index].Mac) });
        return rules.On(known).Ruleset ?? rules;
    }

    private static PortAddresses AddressesOf(PortModel port, RuntimeModel configuration, NodeOptions options)
    {
        IpPrefix[] v4 = [.. port.Addresses.Where(prefix => !prefix.Address.IsV6)];
        IpPrefix[] v6 = [.. port.Addresses.Where(prefix => prefix.Address.IsV6)];
        var check = port.ReversePath switch
        {
            ReversePath.Loose => ReversePathCheck.Loose,
            ReversePath.Strict => ReversePathCheck.Strict,
            _ => ReversePathCheck.Off,
        };
        bool hasHost = options.HostPorts.Contains(port.Index);
        return new PortAddresses(v4.Length > 0 ? v4[0].Address.V4 : null, v6.Length > 0 ? v6[0].Address.V6 : null, check)
        {
            HasHost = hasHost,
            SpeaksFailover = !port.VirtualAddresses.IsEmpty || configuration.HighAvailability?.Sync?.PortIndex == port.Index,
            AwaitsLease = hasHost && v4.Length == 0 && (port.Dynamic & (DynamicAddressing.Dhcp | DynamicAddressing.Host)) != 0,
        };
    }

    private static List<(VirtualAddress Address, int Port)> SharedAddresses(RuntimeModel configuration, PortTable ports) =>
    [
        .. from port in configuration.Ports
           where !port.IsVacant
           from address in VirtualAddressBuilder.Of(configuration, ports[port.Index])
           select (address, port.Index),
    ];

    /// <summary>Addresses, EUI-64 link-local addresses and the broadcast addresses of connected prefixes.</summary>
    private static List<(IpAddress Address, AddressUse Use, int Port)> OwnAddresses(RuntimeModel configuration, PortTable ports)
    {
        var own = new List<(IpAddress Address, AddressUse Use, int Port)>();
        foreach (PortModel port in configuration.Ports.Where(port => !port.IsVacant))
        {
            own.AddRange(port.Addresses.Select(prefix => (prefix.Address, AddressUse.Own, port.Index)));
            foreach (IpPrefix prefix in port.Addresses)
            {
                if (prefix.TryGetBroadcast(out Ipv4Address broadcast)) own.Add((broadcast, AddressUse.Broadcast, port.Index));
            }

            // Sub-ports share their parent's MAC and so its link-local address: each answers for it on its own link.
            own.Add((LinkLocalOf(ports[port.Index].Mac), AddressUse.Own, port.Index));
        }

        return [.. own.DistinctBy(entry => (entry.Address, Link: entry.Address is { IsV6: true, IsLinkLocal: true } ? entry.Port : -1))];
    }

    private static IEnumerable<Route> ConnectedRoutes(RuntimeModel configuration) =>
        from port in configuration.Ports
        from prefix in port.Addresses
        select new Route(
            prefix.Canonical, new RouteTarget(RouteTarget.Connected, TargetKind.Unicast, [new NextHop(port.Index, null)]));

    private static Route ToRoute(RouteModel route) => new(route.To.Canonical, new RouteTarget(
        RouteTarget.Configured,
        route.Blackhole ? TargetKind.Blackhole : TargetKind.Unicast,
        [.. route.Via.Select(via => new NextHop(via.PortIndex, via.Address))]));
}

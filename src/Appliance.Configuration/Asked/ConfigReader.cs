using Appliance.Configuration.Keys;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Asked;

/// <summary>Nodes → what was asked. Every key of every section table is read here and nowhere else.</summary>
internal static class ConfigReader
{
    public static ApplianceConfig Read(MappingNode root, ErrorList errors)
    {
        SectionReader section = new(RootKeys.Section, root, TextPosition.Start, errors);
        section.Read(RootKeys.Version);                               // one version so far: its kind has said what is wrong
        return new ApplianceConfig(
            section.Read(RootKeys.Name),
            section.Read(RootKeys.Vcpus),
            [.. section.Enter(RootKeys.Ports).Select(port => ReadPort(port.Name, port.Section))],
            [.. section.Enter(RootKeys.Routes).Select(ReadRoute)],
            [.. section.Enter(RootKeys.Neighbors).Select(ReadNeighbor)],
            section.Enter(RootKeys.Firewall) is { } firewall ? new FirewallConfig(firewall.Read(FirewallKeys.Ruleset)) : null,
            section.Enter(RootKeys.Vrss) is { } steering ? ReadSteering(steering) : null,
            section.Enter(RootKeys.HighAvailability) is { } pair ? ReadHighAvailability(pair) : null,
            section.Enter(RootKeys.Management) is { } management ? ReadManagement(management) : null);
    }

    private static PortConfig ReadPort(Positioned<string> name, SectionReader? section)
    {
        if (section is null) return new PortConfig(name, IsSound: false, Keys: null);
        SectionReader? offloads = section.Enter(PortKeys.Offloads);
        PortConfig port = new(name, IsSound: false, section.KeyPositions)
        {
            Backend = section.Read(PortKeys.Backend),
            Device = section.Read(PortKeys.Device),
            Parent = section.Read(PortKeys.Parent),
            Vlan = section.Read(PortKeys.Vlan),
            Addresses = section.Read(PortKeys.Addresses),
            Mtu = section.Read(PortKeys.Mtu),
            Offloads = offloads is null ? OffloadModel.Default : ReadOffloads(offloads),
            RpsPosition = offloads?.KeyPositions.TryGetValue(OffloadKeys.Rps.Name, out TextPosition rps) is true ? rps : null,
            Groups = section.Read(PortKeys.Groups),
            ReversePath = section.Read(PortKeys.Rpf)?.Value ?? ReversePath.Off,
            HostPath = section.Read(PortKeys.HostPath),
            TakeOver = section.Read(PortKeys.TakeOver),
        };
        return port with { IsSound = section.IsSound };
    }

    private static OffloadModel ReadOffloads(SectionReader section) => new(
        section.Read(OffloadKeys.RxChecksum)?.Value ?? true,
        section.Read(OffloadKeys.TxChecksum)?.Value ?? true,
        section.Read(OffloadKeys.Lro)?.Value ?? true,
        section.Read(OffloadKeys.Tso)?.Value ?? true,
        section.Read(OffloadKeys.Rps)?.Value ?? false);

    private static RouteConfig ReadRoute(SectionReader section)
    {
        RouteConfig route = new(
            section.Position,
            IsSound: false,
            section.Read(RouteKeys.To),
            section.Read(RouteKeys.Via),
            section.KeyPositions.TryGetValue(RouteKeys.Via.Name, out TextPosition via) ? via : null,
            section.Read(RouteKeys.Port),
            section.Read(RouteKeys.Blackhole));
        return route with { IsSound = section.IsSound };
    }

    private static NeighborConfig ReadNeighbor(SectionReader section) =>
        new(section.Read(NeighborKeys.Port), section.Read(NeighborKeys.Address), section.Read(NeighborKeys.Mac));

    private static SteeringConfig ReadSteering(SectionReader section) => new(
        section.Read(SteeringKeys.Key),
        section.Read(SteeringKeys.Indirection),
        section.Read(SteeringKeys.Hash),
        section.Read(SteeringKeys.Rebalance));

    private static HighAvailabilityConfig ReadHighAvailability(SectionReader section) => new()
    {
        Preempt = section.Read(HighAvailabilityKeys.Preempt),
        PreemptHoldDown = section.Read(HighAvailabilityKeys.PreemptHoldDown),
        Carp = [.. section.Enter(HighAvailabilityKeys.Carp).Select(ReadCarp)],
        Sync = section.Enter(HighAvailabilityKeys.Sync) is { } sync ? ReadSync(sync) : null,
        Peers = section.Read(HighAvailabilityKeys.Peers),
        Dscp = section.Read(HighAvailabilityKeys.Dscp),
        InterfaceDownDemotion = section.Read(HighAvailabilityKeys.InterfaceDownDemotion),
        SendErrorDemotion = section.Read(HighAvailabilityKeys.SendErrorDemotion),
    };

    private static CarpConfig ReadCarp(SectionReader section)
    {
        CarpConfig group = new(section.Position, IsSound: false)
        {
            Vhid = section.Read(CarpKeys.Vhid),
            Port = section.Read(CarpKeys.Port),
            Addresses = section.Read(CarpKeys.Addresses),
            Password = section.Read(CarpKeys.Password),
            PasswordFile = section.Read(CarpKeys.PasswordFile),
            Advbase = section.Read(CarpKeys.Advbase),
            Advskew = section.Read(CarpKeys.Advskew),
            Peer = section.Read(CarpKeys.Peer),
            Peer6 = section.Read(CarpKeys.Peer6),
            Mac = section.Read(CarpKeys.Mac),
            Dialect = section.Read(CarpKeys.Dialect),
        };
        return group with { IsSound = section.IsSound };
    }

    private static SyncConfig ReadSync(SectionReader section) => new(
        section.Read(SyncKeys.Port),
        section.Read(SyncKeys.Peer),
        section.Read(SyncKeys.KeyFile),
        section.Read(SyncKeys.Heartbeat),
        section.Read(SyncKeys.Detect),
        section.Read(SyncKeys.HoldNewFlows));

    private static ManagementConfig ReadManagement(SectionReader section) => new(
        section.Read(ManagementKeys.Socket),
        section.Enter(ManagementKeys.Https) is { } https
            ? new HttpsConfig(https.Read(HttpsKeys.Listen), https.Read(HttpsKeys.TokenFile))
            {
                CertificateFile = https.Read(HttpsKeys.CertificateFile),
                KeyFile = https.Read(HttpsKeys.KeyFile),
            }
            : null);
}

using System.Collections.Immutable;
using Appliance.Configuration.Asked;
using Appliance.Configuration.Keys;
using Appliance.Engine;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Building;

/// <summary>
/// What was asked → the model. Everything is checked that can be, also when something was wrong before, without complaints that only follow
/// from earlier ones. The result means something only if there were no errors.
/// </summary>
internal static class ModelBuilder
{
    public static RuntimeModel Build(ApplianceConfig asked, string file, IRulesetFiles? rulesets, ErrorList errors)
    {
        PortNames names = new(asked.Ports, errors);
        PortTree tree = new(asked.Ports, names, errors);
        AddressPlan plan = new([.. asked.Ports.Select(port => port.Name.Value)], errors);
        FilePaths files = new(file);
        PortModel[] alone = new PortBuilder(asked.Ports, names, tree, plan, errors).Build();
        HighAvailabilityModel? pair = asked.HighAvailability is { } both
            ? new HighAvailabilityBuilder(names, plan, files, errors).Build(both)
            : null;
        plan.CheckBroadcasts();
        ImmutableArray<PortModel> ports = WithVirtualAddresses(alone, pair);
        if (asked.Firewall is null)
            errors.Warn(TextPosition.Start,
                "there is no 'firewall': this router passes everything");
        var model = new RuntimeModel
        {
            Name = asked.Name?.Value ?? "appliance",
            Vcpus = asked.Vcpus?.Value,
            Ports = ports,
            Routes = [.. asked.Routes.Select(new RouteBuilder(ports, names, plan, errors).Build)],
            Neighbors = BuildNeighbors(asked.Neighbors, names, plan, errors),
            Steering = BuildSteering(asked, errors),
            HighAvailability = pair,
            Management = BuildManagement(asked.Management, files, errors),
        };
        return model with { Firewall = new FirewallBuilder(files, rulesets, errors).Build(asked.Firewall, ports) };
    }

    private static ImmutableArray<PortModel> WithVirtualAddresses(PortModel[] ports, HighAvailabilityModel? pair)
    {
        ILookup<int, IpPrefix>? shared = pair?.Carp
            .SelectMany(group => group.Addresses.Select(address => (group.PortIndex, Address: address)))
            .ToLookup(item => item.PortIndex, item => item.Address);
        return shared is null ? [.. ports] : [.. ports.Select(port => port with { VirtualAddresses = [.. shared[port.Index]] })];
    }

    private static ImmutableArray<NeighborModel> BuildNeighbors(
        ImmutableArray<NeighborConfig> asked, PortNames names, AddressPlan plan, ErrorList errors)
    {
        ImmutableArray<NeighborModel>.Builder neighbors = ImmutableArray.CreateBuilder<NeighborModel>(asked.Length);
        Dictionary<(int Port, IpAddress Address), TextPosition> seen = [];
        foreach (NeighborConfig neighbor in asked)
        {
            if (names.Resolve(NeighborKeys.Port, neighbor.Port) is not { } port || neighbor.Address is not { } address) continue;
            if (plan.WhyNoStationOn(port, address.Value) is { } problem)
                errors.Add(address.Position, $"address: {problem}");
            else if (!seen.TryAdd((port, address.Value), address.Position))
                errors.Add(address.Position,
                    $"address: {address.Value} on this port has a neighbor already, at {seen[(port, address.Value)]}; keep one");
            else if (neighbor.Mac is { } mac) neighbors.Add(new NeighborModel(port, address.Value, mac.Value));
        }

        return neighbors.DrainToImmutable();
    }

    private static SteeringModel BuildSteering(ApplianceConfig asked, ErrorList errors)
    {
        SteeringConfig? steering = asked.Steering;
        HashTypes types = (steering?.Hash ?? []).Aggregate(HashTypes.None, (all, type) => all | type.Value);
        int entries = steering?.Indirection?.Value ?? SteeringModel.DefaultIndirectionEntries;
        if (asked.Vcpus is { } vcpus && vcpus.Value > entries)
        {
            errors.Add(
                steering?.Indirection?.Position ?? vcpus.Position,
                $"indirection: a table of {entries} leaves some of {vcpus.Value} vcpus without work; expected one entry or more for each");
        }

        return new SteeringModel(
            steering?.Key?.Value.Kind ?? SteeringKeyKind.Symmetric,
            steering?.Key?.Value.Bytes ?? [],
            entries,
            types == HashTypes.None ? HashTypes.All : types,
            steering?.Rebalance?.Value ?? true);
    }

    private static ManagementModel BuildManagement(ManagementConfig? asked, FilePaths files, ErrorList errors)
    {
        string path = files.Resolve(asked?.Socket?.Value ?? ManagementModel.DefaultSocketPath);
        if (asked?.Socket is { } socket && ManagementModel.SocketPathProblem(path) is { } problem)
            errors.Add(socket.Position, $"socket: {problem}");
        return new ManagementModel(path, asked?.Https is { } https ? BuildHttps(https, files, errors) : null);
    }

    private static HttpsModel? BuildHttps(HttpsConfig asked, FilePaths files, ErrorList errors)
    {
        if (asked is { CertificateFile: { } certificate, KeyFile: null })
            errors.Add(certificate.Position, "certificate-file: stands without its key; expected 'key-file' beside it");
        if (asked is { CertificateFile: null, KeyFile: { } key })
            errors.Add(key.Position, "key-file: stands without its certificate; expected 'certificate-file' beside it");
        if (asked is not { Listen: { } listen, TokenFile: { } token }) return null;
        return new HttpsModel(listen.Value, files.Refer(token))
        {
            CertificateFile = files.Refer(asked.CertificateFile),
            KeyFile = files.Refer(asked.KeyFile),
        };
    }
}

using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Management;

internal static class PortsReading
{
    public static PortDocument[] Read(IRunningAppliance appliance)
    {
        ApplianceNode node = appliance.Node;
        NodeAccounts accounts = node.ReadAccounts();
        return [.. node.Configuration.Ports.Where(port => !port.IsVacant)
            .Select(port => DocumentOf(port, node, appliance.StatusOf(port.Index), accounts.Ports[port.Index]) with
            {
                Host = appliance.HostOf(port.Index) is { } host ? DocumentOf(host, appliance.Asked.Ports[port.Index]) : null,
            })];
    }

    private static HostEndDocument DocumentOf(HostStatus host, PortModel asked) => new(
        host.Device,
        host.IsUp ? "up" : "down",
        [
            .. asked.Addresses.Concat(asked.VirtualAddresses)
                .Where(address => !address.Address.IsLinkLocal).Select(address => address.ToString()),
        ],
        [.. host.Learned.Select(address => address.ToString())]);

    private static PortDocument DocumentOf(PortModel port, ApplianceNode node, PortStatus? status, PortCounters counters) => new()
    {
        Name = port.Name,
        Backend = Words.Kebab(port.Backend.ToString()),
        Device = status is null ? port.Device?.ToString() : status.Device,
        Parent = port.ParentIndex is { } parent ? node.Configuration.Ports[parent].Name : null,
        Vlan = port.VlanId,
        Link = status is null ? "up" : status.Device is null ? "gone" : status.IsUp ? "up" : "down",
        Mac = (status?.Mac ?? node.Models.Ports[port.Index].Mac).ToString(),
        Mtu = node.Models.Ports[port.Index].MtuBytes,
        Addresses = [.. port.Addresses.Concat(port.VirtualAddresses).Select(address => address.ToString())],
        Groups = [.. port.Groups],
        In = counters.FramesIn,
        BytesIn = counters.BytesIn,
        Out = counters.FramesOut,
        BytesOut = counters.BytesOut,
        Dropped = counters.FramesDropped,
        Missed = status?.Missed ?? 0,
        Refused = status?.Refused ?? 0,
    };
}

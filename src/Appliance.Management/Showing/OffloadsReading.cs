using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Management;

internal static class OffloadsReading
{
    private static readonly (PortCapabilities Capability, string Name)[] Capabilities =
    [
        (PortCapabilities.ReceiveChecksum, "rx-checksum"), (PortCapabilities.TransmitChecksum, "tx-checksum"),
        (PortCapabilities.LargeReceive, "lro"), (PortCapabilities.Segmentation, "tso"), (PortCapabilities.UdpSegmentation, "uso"),
    ];

    public static OffloadsDocument Read(ApplianceNode node)
    {
        NodeAccounts accounts = node.ReadAccounts();
        return new OffloadsDocument(
            [.. node.Configuration.Ports.Where(port => port.IsPhysical).Select(port => PortOf(port, node.Models.Ports[port.Index]))],
            new JoinedDocument(accounts.LroSuperframes, accounts.LroSegments),
            new JoinedDocument(accounts.TsoSuperframes, accounts.TsoSegments),
            new ChecksumsDocument(accounts.ChecksumsVerified, accounts.ChecksumsBad, accounts.ChecksumsComputed));
    }

    private static PortOffloadsDocument PortOf(PortModel port, PortFacts facts) => new(
        port.Name,
        Words.Switch(port.Offloads.RxChecksum),
        Words.Switch(port.Offloads.TxChecksum),
        Words.Switch(port.Offloads.Lro),
        Words.Switch(port.Offloads.Tso),
        Words.Switch(port.Offloads.Rps),
        [.. Capabilities.Where(one => (facts.Capabilities & one.Capability) != PortCapabilities.None).Select(one => one.Name)]);
}

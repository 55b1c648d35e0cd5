using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests.Ports;

/// <summary>A live port is what its device is; a port without a device is what replay makes of it.</summary>
public sealed class PortLinkTests
{
    private const PortCapabilities Everything =
        PortCapabilities.ReceiveChecksum | PortCapabilities.TransmitChecksum | PortCapabilities.Segmentation | PortCapabilities.LargeReceive
        | PortCapabilities.UdpSegmentation;

    private static readonly MacAddress Card = new(0x5254_0012_3456);

    private const string Ports = """
        ports:
          lan: {backend: pcap, mtu: 9000, addresses: [192.168.1.1/24]}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24], offloads: {tso: off}}
          dmz: {backend: pcap, addresses: [192.168.2.1/24]}

        """;

    [Fact]
    public void Mac_mtu_and_capabilities_are_those_of_each_device()
    {
        using ApplianceNode node = NodeWith(
            (0, new PortLink(Card, Everything, 4000)), (2, new PortLink(Boxes.Gateway, Everything, 65_535)));
        PortTable ports = node.Models.Ports;
        Assert.Equal((Card, 4000, Everything), (ports[0].Mac, ports[0].MtuBytes, ports[0].Capabilities));
        Assert.Equal((Boxes.Gateway, 1500), (ports[2].Mac, ports[2].MtuBytes));
        Assert.Equal(Everything & ~(PortCapabilities.Segmentation | PortCapabilities.UdpSegmentation), ports[2].Capabilities);
    }

    [Fact]
    public void A_sub_port_has_its_parents_device()
    {
        using ApplianceNode node = NodeWith((0, new PortLink(Card, Everything, 1400)));
        PortFacts sub = node.Models.Ports[1];
        Assert.Equal((Card, 1400, Everything), (sub.Mac, sub.MtuBytes, sub.Capabilities));
    }

    [Fact]
    public void A_port_without_a_device_has_the_mac_of_its_ordinal_and_does_nothing_by_itself()
    {
        using ApplianceNode node = NodeWith((0, new PortLink(Card, Everything, 1500)));
        PortFacts port = node.Models.Ports[3];
        Assert.Equal((NodeModelsBuilder.MacOf(3), 1500, PortCapabilities.None), (port.Mac, port.MtuBytes, port.Capabilities));
    }

    [Fact]
    public void Another_device_is_known_from_the_next_breath_on()
    {
        using ApplianceNode node = NodeWith((0, new PortLink(Card, Everything, 1500)));
        node.Apply(node.Configuration, Links((0, new PortLink(Boxes.Gateway, PortCapabilities.None, 1500))));
        Assert.Equal((Boxes.Gateway, PortCapabilities.None), (node.Models.Ports[0].Mac, node.Models.Ports[0].Capabilities));
        node.Apply(node.Configuration);
        Assert.Equal(Boxes.Gateway, node.Models.Ports[0].Mac);
    }

    private static ApplianceNode NodeWith(params (int, PortLink)[] links) =>
        new(Box.ModelOf(Ports), new NodeOptions { Workers = 1, Links = Links(links) });

    private static ImmutableDictionary<int, PortLink> Links(params (int Port, PortLink Link)[] links) =>
        links.ToImmutableDictionary(link => link.Port, link => link.Link);
}

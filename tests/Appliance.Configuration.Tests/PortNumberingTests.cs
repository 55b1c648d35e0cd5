using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>A port keeps its number for as long as it is there.</summary>
public sealed class PortNumberingTests
{
    private const string Lan = "lan: {backend: af-packet, device: eth0, addresses: [10.0.0.1/24]}";
    private const string Wan = "wan: {backend: af-packet, device: eth1, addresses: [203.0.113.2/24]}";
    private const string Guest = "guest: {parent: lan, vlan: 20, addresses: [10.0.20.1/24]}";
    private const string Dmz = "dmz: {backend: af-packet, device: eth2, addresses: [10.0.30.1/24]}";

    [Fact]
    public void What_stands_elsewhere_in_the_file_keeps_its_number()
    {
        RuntimeModel kept = PortNumbering.Keep(ModelOf([Dmz, Wan, Guest, Lan]), ModelOf([Lan, Wan, Guest]));
        Assert.Equal(["lan", "wan", "guest", "dmz"], kept.Ports.Select(port => port.Name));
        Assert.Equal([0, 1, 2, 3], kept.Ports.Select(port => port.Index));
        Assert.Equal(0, kept.Ports[2].ParentIndex);
    }

    [Fact]
    public void What_refers_to_a_port_refers_to_its_number()
    {
        string routes = """
            routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]
            neighbors: [{port: lan, address: 10.0.0.9, mac: "02:00:00:00:00:09"}]
            """;
        RuntimeModel kept = PortNumbering.Keep(ModelOf([Wan, Lan], routes), ModelOf([Lan, Wan]));
        Assert.Equal(1, kept.Routes[0].Via[0].PortIndex);
        Assert.Equal(0, kept.Neighbors[0].PortIndex);
    }

    [Fact]
    public void A_port_that_is_gone_leaves_its_place_empty_until_another_comes()
    {
        RuntimeModel without = PortNumbering.Keep(ModelOf([Wan]), ModelOf([Lan, Wan]));
        Assert.True(without.Ports[0].IsVacant);
        Assert.False(without.Ports[0].IsPhysical);
        Assert.Null(without.FindPort("lan"));
        RuntimeModel waiting = PortNumbering.Keep(ModelOf([Wan, Dmz]), without, place => place != 0);
        Assert.Equal(["", "wan", "dmz"], waiting.Ports.Select(port => port.Name));
        Assert.Equal(["dmz", "wan"], PortNumbering.Keep(ModelOf([Wan, Dmz]), without).Ports.Select(port => port.Name));
    }

    [Fact]
    public void A_port_with_the_same_device_and_another_name_is_the_same_port()
    {
        RuntimeModel kept = PortNumbering.Keep(
            ModelOf([Dmz, Wan, Lan.Replace("lan:", "office:"), Guest.Replace("guest", "visitors")
                .Replace("parent: lan", "parent: office")]),
            ModelOf([Lan, Wan, Guest]));
        Assert.Equal(["office", "wan", "visitors", "dmz"], kept.Ports.Select(port => port.Name));
    }

    [Fact]
    public void A_name_counts_more_than_a_device()
    {
        RuntimeModel kept = PortNumbering.Keep(
            ModelOf([Lan.Replace("eth0", "eth1"), Wan.Replace("eth1", "eth0")]), ModelOf([Lan, Wan]));
        Assert.Equal(["lan", "wan"], kept.Ports.Select(port => port.Name));
        Assert.Equal(["eth1", "eth0"], kept.Ports.Select(port => port.Device!.Text));
    }

    [Fact]
    public void Numbers_make_no_difference_between_models()
    {
        RuntimeModel running = PortNumbering.Keep(ModelOf([Wan, Guest, Lan]), ModelOf([Lan, Dmz, Wan]));
        Assert.Empty(ModelDifference.Between(running, ModelOf([Lan, Wan, Guest])));
        Assert.Equal(["Remove Port guest"], ModelDifference.Between(running, ModelOf([Lan, Wan])).Select(action => action.ToString()));
    }

    private static RuntimeModel ModelOf(string[] ports, string rest = "")
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(
            $"ports:\n{string.Concat(ports.Select(port => $"  {port}\n"))}{rest}\n", "ports.yaml");
        Assert.Empty(result.Errors);
        return result.Model!;
    }
}

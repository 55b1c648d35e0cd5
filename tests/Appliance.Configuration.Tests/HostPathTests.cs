using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>The host's ends of ports, and what is learned there.</summary>
public sealed class HostPathTests
{
    private const string Edge = """
        ports:
          lan: {backend: af-packet, device: eth1, addresses: [192.168.1.1/24]}
          wan: {backend: af-packet, device: eth0, addresses: [dhcp]}

        """;

    [Theory]
    [InlineData("{backend: af-packet, device: eth0}", "host-wan", false)]
    [InlineData("{backend: af-packet, device: eth0, host-path: on}", "host-wan", true)]
    [InlineData("{backend: af-packet, device: eth0, host-path: outside}", "outside", true)]
    [InlineData("{backend: af-packet, device: eth0, host-path: off}", null, false)]
    [InlineData("{backend: af-packet, device: eth0, addresses: [slaac]}", "host-wan", true)]
    [InlineData("{backend: af-packet, device: eth0, take-over: true}", "host-wan", true)]
    [InlineData("{backend: tap, device: tap0}", null, false)]
    [InlineData("{backend: tap, device: tap0, host-path: on}", "host-wan", true)]
    [InlineData("{backend: pcap}", null, false)]
    [InlineData("{backend: pcap, addresses: [dhcp]}", null, false)]
    public void A_device_that_becomes_a_port_leaves_the_host_an_end(string port, string? device, bool isAsked)
    {
        HostPathModel? path = Texts.Model($"ports: {{wan: {port}}}").Ports[0].HostPath;
        Assert.Equal(device is null ? null : new HostPathModel(device, isAsked), path);
    }

    [Fact]
    public void A_sub_port_has_an_end_of_its_own_and_long_names_are_cut()
    {
        RuntimeModel model = Texts.Model("""
            ports:
              outer-world: {backend: af-packet, device: eth0}
              guests: {parent: outer-world, vlan: 7}
            """);
        Assert.Equal(["host-outer-worl", "host-guests"], model.Ports.Select(port => port.HostPath!.Device));
    }

    [Theory]
    [InlineData("customer-1: {parent: service, vlan: 1}", "customer-10: {parent: service, vlan: 10}", "host-customer-1", "host-custom")]
    [InlineData("guests: {parent: service, vlan: 1}", "other: {parent: service, vlan: 2, host-path: host-guests}", "host-guests", "")]
    [InlineData("other: {parent: service, vlan: 2, host-path: host-it}", "it: {parent: service, vlan: 1}", "host-it", "host-it")]
    public void Names_that_nobody_asked_for_give_way(string first, string second, string oneOf, string otherBegins)
    {
        RuntimeModel model = Texts.Model($"ports:\n  service: {{backend: af-packet, device: eth0}}\n  {first}\n  {second}\n");
        string[] names = [.. model.Ports.Select(port => port.HostPath!.Device)];
        Assert.Equal(3, names.Distinct().Count());
        Assert.Contains(oneOf, names);
        Assert.All(names, name => Assert.InRange(name.Length, 1, 15));
        Assert.Contains(names, name => name != oneOf && name.StartsWith(otherBegins, StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_has_what_it_learns_behind_its_own_and_nothing_that_it_does_not_learn()
    {
        RuntimeModel model = On(Edge, Addresses((1, "203.0.113.7/24"), (1, "2001:db8::7/64"), (0, "192.168.1.9/24")));
        Assert.Equal("203.0.113.7/24", Assert.Single(model.Ports[1].Addresses).ToString());
        Assert.Equal("192.168.1.1/24", Assert.Single(model.Ports[0].Addresses).ToString());
    }

    [Fact]
    public void An_address_is_learned_once_and_never_where_it_is_configured()
    {
        RuntimeModel model = On(
            Edge.Replace("[192.168.1.1/24]", "[192.168.1.1/24, host]", StringComparison.Ordinal),
            Addresses((1, "192.168.1.1/24"), (0, "203.0.113.7/24"), (1, "203.0.113.7/24")));
        Assert.Empty(model.Ports[1].Addresses);
        Assert.Equal(["192.168.1.1/24", "203.0.113.7/24"], model.Ports[0].Addresses.Select(address => address.ToString()));
    }

    [Fact]
    public void The_rulesets_port_in_parentheses_follows_and_its_digest_stays()
    {
        RulesetTexts rules = new RulesetTexts().With("edge.pf.conf", "pass in on wan to (wan)\n");
        RuntimeModel asked = Texts.Model(Edge + "firewall: {ruleset: edge.pf.conf}", rules);
        RuntimeModel model = Addresses((1, "203.0.113.7/24")).On(asked)!;
        Assert.Equal(asked.Firewall, model.Firewall);
        Assert.Equal("203.0.113.7/24", Assert.Single(model.Firewall!.Rules.Ports.FindPort("wan")!.Addresses).ToString());
        Assert.Empty(asked.Firewall!.Rules.Ports.FindPort("wan")!.Addresses);
    }

    private static RuntimeModel On(string yaml, LearnedFacts facts) => facts.On(Texts.Model(yaml))!;

    private static LearnedFacts Addresses(params (int Port, string Address)[] addresses) =>
        new([.. addresses.Select(each => (each.Port, Prefix(each.Address)))]);

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}

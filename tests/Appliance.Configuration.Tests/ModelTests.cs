using Appliance.Engine;
using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>What is legal, and what it becomes; what is not legal stands in Broken.</summary>
public class ModelTests
{
    [Fact]
    public void One_port_is_a_configuration_and_the_rest_has_defaults()
    {
        RuntimeModel model = Texts.Model("ports: {p: {backend: pcap}}");
        Assert.Equal(("appliance", null), (model.Name, model.Vcpus));
        Assert.Equal(1500, model.Ports[0].MtuBytes);
        Assert.Equal((SteeringKeyKind.Symmetric, 128, true),
            (model.Steering.KeyKind, model.Steering.IndirectionEntries, model.Steering.Rebalance));
        Assert.Equal(ManagementModel.DefaultSocketPath, model.Management.SocketPath);
        Assert.Null(model.Firewall);
        Assert.Null(model.HighAvailability);
        Assert.Null(model.Management.Https);
    }

    [Fact]
    public void Without_a_firewall_there_is_exactly_one_warning()
    {
        ConfigurationError warning = Assert.Single(ConfigurationLoader.LoadText(Texts.TwoPorts, "f").Warnings);
        Assert.Contains("passes everything", warning.ToString(), StringComparison.Ordinal);
        Assert.Empty(ConfigurationLoader.LoadText(Texts.TwoPorts + "firewall: {ruleset: a.conf}", "f", Texts.Rulesets).Warnings);
    }

    [Fact]
    public void A_carp_group_without_password_is_a_warning()
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(
            Texts.TwoPorts + "firewall: {ruleset: a.conf}\nhigh-availability: {carp: [{vhid: 7, port: lan, addresses: [192.168.1.9/24]}]}",
            "f",
            Texts.Rulesets);
        Assert.NotNull(result.Model);
        Assert.Contains("the carp group 7 has no password", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(", offloads: {lro: off}", false)]
    [InlineData(", offloads: {rps: off}", false)]
    [InlineData(", offloads: {rps: on}", true)]
    public void A_port_is_received_where_its_frames_come_to_unless_it_is_steered(string offloads, bool isSteered) =>
        Assert.Equal(isSteered, Texts.Model($"ports: {{lan: {{backend: af-packet, device: eth0{offloads}}}}}").Ports[0].Offloads.Rps);

    [Fact]
    public void Sub_ports_take_from_the_port_that_carries_them()
    {
        RuntimeModel model = Texts.Model("""
            ports:
              inner: {parent: outer, vlan: 4094}
              outer: {parent: trunk, vlan: 1, mtu: 1400}
              first: {backend: tap, device: tap0}
              trunk: {backend: memif, device: /run/memif.sock, mtu: 9000, offloads: {lro: off}}
              wide: {parent: trunk, vlan: 2}
            """);
        Assert.Equal([2, 2, 1, 2, 2], model.Ports.Select(port => port.Ordinal));
        Assert.Equal([1, 3, null, null, 3], model.Ports.Select(port => port.ParentIndex));
        Assert.Equal([1400, 1400, 1500, 9000, 1500], model.Ports.Select(port => port.MtuBytes));
        Assert.Equal([false, false, true, false, false], model.Ports.Select(port => port.Offloads.Lro));
        Assert.Equal(PortBackend.Memif, model.Ports[0].Backend);
    }

    [Theory]
    [InlineData("af-packet", "eth0", DeviceKind.Name, "eth0")]
    [InlineData("af-xdp", "mac:02:00:5E:10:00:03", DeviceKind.Mac, "02:00:5e:10:00:03")]
    [InlineData("af-packet", "pci:00:1F.7", DeviceKind.Pci, "0000:00:1f.7")]
    [InlineData("netvsc", "slot:3", DeviceKind.Slot, "3")]
    [InlineData("tap", "tap0", DeviceKind.Name, "tap0")]
    [InlineData("memif", "/run/vpp/memif.sock", DeviceKind.Path, "/run/vpp/memif.sock")]
    [InlineData("pcap", "\\Device\\NPF_{1}", DeviceKind.Name, "\\Device\\NPF_{1}")]
    public void Every_backend_and_every_selector_is_read(string backend, string device, DeviceKind kind, string text)
    {
        RuntimeModel model = Texts.Model($"ports: {{p: {{backend: {backend}, device: '{device}'}}}}");
        Assert.Equal(new DeviceSelector(kind, text), model.Ports[0].Device);
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("True", true)]
    [InlineData("\"on\"", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("FALSE", false)]
    public void A_switch_takes_the_words_of_both_yaml_versions(string word, bool expected) =>
        Assert.Equal(expected, Texts.Model($"{Texts.TwoPorts}vrss: {{rebalance: {word}}}").Steering.Rebalance);

    [Fact]
    public void Text_stays_text_whatever_other_yaml_versions_make_of_it()
    {
        RuntimeModel model = Texts.Model("name: 0o17\nports: {0x1F: {backend: pcap, groups: [no, 1e3, 010]}}");
        Assert.Equal("0o17", model.Name);
        Assert.Equal("0x1F", model.Ports[0].Name);
        Assert.Equal(["no", "1e3", "010"], model.Ports[0].Groups);
    }

    [Fact]
    public void Dynamic_addresses_are_kinds_beside_the_static_ones()
    {
        RuntimeModel model = Texts.Model("""
            ports:
              wan: {backend: af-packet, device: eth0, addresses: [dhcp, slaac, 192.0.2.1/24]}
              lan: {backend: af-packet, device: eth1, addresses: [host]}
            routes:
              - {to: 0.0.0.0/0, via: 198.51.100.1, port: wan}
              - {to: "2001:db8::/32", via: "2001:db8:7::1", port: lan}
            """);
        Assert.Equal(DynamicAddressing.Dhcp | DynamicAddressing.Slaac, model.Ports[0].Dynamic);
        Assert.Equal("192.0.2.1/24", Assert.Single(model.Ports[0].Addresses).ToString());
        Assert.Equal(DynamicAddressing.Host, model.Ports[1].Dynamic);
        Assert.Equal([0, 1], model.Routes.Select(route => route.Via[0].PortIndex));
    }

    [Fact]
    public void A_link_local_next_hop_names_its_port_either_way()
    {
        RuntimeModel model = Texts.Model(Texts.TwoPorts + """
            routes:
              - {to: "::/0", via: "fe80::1%lan"}
              - {to: "2001:db8:9::/48", via: "fe80::1", port: wan}
              - {to: "2001:db8:8::/48", via: ["fe80::1%wan", "fe80::1%lan"]}
            neighbors:
              - {port: lan, address: "fe80::1", mac: "02:00:00:00:00:01"}
            """);
        Assert.Equal([1, 0, 0, 1], model.Routes.SelectMany(route => route.Via).Select(hop => hop.PortIndex));
        Assert.Single(model.Neighbors);
    }

    [Fact]
    public void The_longest_network_has_the_next_hop()
    {
        RuntimeModel model = Texts.Model("""
            ports:
              a: {backend: pcap, addresses: [10.0.0.1/8]}
              b: {backend: pcap, addresses: [10.1.0.1/16]}
              c: {backend: pcap, addresses: [10.1.1.1/31]}
            routes: [{to: 192.0.2.0/24, via: [10.2.0.1, 10.1.2.1, 10.1.1.0]}]
            """);
        Assert.Equal([0, 1, 2], model.Routes[0].Via.Select(hop => hop.PortIndex));
    }

    [Fact]
    public void Nested_networks_and_shared_link_local_addresses_are_no_overlap() => Texts.Model("""
        ports:
          a: {backend: pcap, addresses: [10.0.0.1/8, 10.0.0.2/8, "fe80::1/64"]}
          b: {backend: pcap, addresses: [10.0.0.3/24, "fe80::1/64"]}
        """);

    [Fact]
    public void Blackholes_may_be_where_nothing_is_routed()
    {
        string[] bogons = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "fe80::/10", "ff00::/8", "::/8"];
        RuntimeModel model = Texts.Model(Texts.TwoPorts + "routes:\n"
            + string.Concat(bogons.Select(to => $"  - {{to: '{to}', blackhole: yes}}\n")));
        Assert.Equal(bogons, model.Routes.Select(route => route.To.ToString()));
    }

    [Fact]
    public void Wide_networks_are_routed() =>
        Assert.Equal(5, Texts.Model(Texts.TwoPorts + """
            routes:
              - {to: 0.0.0.0/1, via: 203.0.113.1}
              - {to: 128.0.0.0/1, via: 203.0.113.1}
              - {to: 126.0.0.0/7, via: 203.0.113.1}
              - {to: "2000::/3", via: "2001:db8:1::1"}
              - {to: "fc00::/7", via: "2001:db8:1::1"}
            """).Routes.Length);

    [Fact]
    public void A_steering_key_of_ones_own_is_forty_bytes()
    {
        string key = string.Concat(Enumerable.Repeat("6d5A", 20));
        SteeringModel steering = Texts.Model($"{Texts.TwoPorts}vrss: {{key: {key}, hash: [tcp-ipv6, ipv4], indirection: 16}}").Steering;
        Assert.Equal((SteeringKeyKind.Given, SteeringModel.KeyBytes, 16),
            (steering.KeyKind, steering.Key.Length, steering.IndirectionEntries));
        Assert.Equal((0x6d, 0x5a), (steering.Key[0], steering.Key[39]));
        Assert.Equal(HashTypes.Ipv4 | HashTypes.TcpIpv6, steering.HashTypes);
    }

    [Fact]
    public void A_socket_has_room_for_its_path_from_the_root()
    {
        string file = $"/{new string('f', 90)}/edge.yaml";
        ConfigurationResult result = ConfigurationLoader.LoadText(
            Texts.TwoPorts + "management: {socket: run/appliance.sock}", file, Texts.Rulesets);
        Assert.Equal(
            $"{file}:4:22: socket: the path has 110 bytes from the root; expected at most 107", Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void Paths_are_relative_to_the_configuration()
    {
        RuntimeModel model = Texts.Model(Texts.TwoPorts
            + "firewall: {ruleset: /etc/pf.conf}\nmanagement: {socket: a.sock, https: {listen: '[::1]:443', token-file: ../t}}");
        Assert.Equal("/etc/pf.conf", model.Firewall!.Ruleset.Path);
        Assert.Equal(Path.Combine("etc", "a.sock"), model.Management.SocketPath);
        Assert.Equal(Path.Combine("etc", "../t"), model.Management.Https!.TokenFile.Path);
        Assert.Equal("[::1]:443", model.Management.Https.Listen.ToString());
    }

    [Fact]
    public void Virtual_addresses_may_be_host_routes_or_link_local()
    {
        RuntimeModel model = Texts.Model(Texts.TwoPorts + """
            high-availability:
              carp: [{vhid: 1, port: wan, addresses: [203.0.113.10/32, "2001:db8:1::10/64", "fe80::10/64"], password: p, peer: "fe80::2"}]
            """);
        Assert.Equal(3, model.Ports[0].VirtualAddresses.Length);
    }

    [Fact]
    public void A_secret_does_not_print()
    {
        RuntimeModel model = Texts.Model(Texts.TwoPorts
            + "high-availability: {carp: [{vhid: 1, port: lan, addresses: [192.168.1.9/24], password: hunter2}]}");
        CarpModel group = model.HighAvailability!.Carp[0];
        Assert.Equal("hunter2", group.Password!.Reveal());
        Assert.DoesNotContain("hunter2", group.ToString(), StringComparison.Ordinal);
        string tooLong = Texts.TwoPorts
            + "high-availability: {carp: [{vhid: 1, port: lan, addresses: [192.168.1.9/24], password: hunter2hunter2hunter2}]}";
        Assert.DoesNotContain("hunter2", Assert.Single(Texts.Errors(tooLong)), StringComparison.Ordinal);
    }

    [Fact]
    public void More_different_next_hops_than_can_be_told_apart_are_an_error_at_the_first_too_many()
    {
        const int Ports = 1, Most = 32_768 - Ports;
        static string routes(int count) =>
            string.Join('\n', Enumerable.Range(0x101, count).Select(i => $"- {{to: {i:x}::/16,via: d::{i:x}}}"));
        const string Text = "ports: {p: {backend: pcap,addresses: [\"d::1/64\"]}}\nroutes:\n";
        Assert.Equal(Most, ConfigurationLoader.LoadText(Text + routes(Most), "f").Model?.Routes.Length);
        ConfigurationError error = Assert.Single(ConfigurationLoader.LoadText(Text + routes(Most + 3), "f").Errors);
        Assert.StartsWith($"f:{Most + 3}:3: routes: more than 32768 different next hops", error.ToString(), StringComparison.Ordinal);
    }
}

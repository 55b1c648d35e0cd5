using System.Text.Json;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>What daemons of the host set at its ends of ports, the appliance goes by.</summary>
public sealed class LearningTests
{
    private const string FirstRoute = "16.0.0.0/24", Gateway = "10.2.0.2";

    [Fact]
    public void A_lease_of_the_host_is_the_ports_address_and_the_ruleset_follows_it()
    {
        const string Rules = """
            nat on wan inet from (lan:network) to any -> (wan)
            block all
            pass in on lan
            pass in on wan inet proto udp from any port 67 to any port 68
            pass in on wan inet proto icmp to (wan) icmp-type echoreq
            pass out on wan

            """;
        using var network = new LiveNetwork();
        Background appliance = network.Run(Ports("[dhcp]"), Rules);
        Assert.False(network.Lan.Pings("10.2.0.2"));                   // there is no address to translate to, and no way
        using Background server = Lend(network, "--dhcp-range=10.2.0.50,10.2.0.59,255.255.255.0,120", "--dhcp-option=3,10.2.0.2");
        using Background client = network.Box.Start("udhcpc", "-f", "-i", "host-wan", "-s", LiveNetwork.Script("lease.sh")[0]);
        client.AwaitLine("lease 10.2.0.5");
        appliance.AwaitLine("port wan: the host has 10.2.0.5");
        using Background watching = network.Wan.Start("tcpdump", "-n", "-l", "-i", "wan0", "icmp[icmptype] = icmp-echo and dst 10.2.0.2");
        watching.AwaitLine("listening on");
        Eventually.Is(() => network.Lan.Pings("10.2.0.2"));                    // the address is claimed first
        watching.AwaitLine("IP 10.2.0.5");
        Assert.DoesNotContain(watching.Output, line => line.Contains("10.1.0.2", StringComparison.Ordinal));
        string lease = network.Box.Ip("-4", "-o", "addr", "show", "dev", "host-wan").Split("inet ")[1].Split('/')[0];
        Eventually.Is(() => network.Wan.Pings(lease));
        network.Box.Ip("addr", "flush", "dev", "host-wan");
        appliance.AwaitLine($"port wan: the host has {lease}/24 no more");
        Assert.False(network.Wan.Pings(lease));
        Assert.False(network.Lan.Pings("10.2.0.2"));
    }

    [Fact]
    public void What_a_router_advertises_reaches_the_host_and_its_address_is_the_ports()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(Ports("[slaac]"));
        using Background server = Lend(network, "--enable-ra", "--ra-param=wan0,4", "--dhcp-range=fd02::,ra-only,64,300");
        appliance.AwaitLine("port wan: the host has fd02::");
        string own = network.Box.Ip("-6", "-o", "addr", "show", "dev", "host-wan", "scope", "global").Split("inet6 ")[1].Split('/')[0];
        Eventually.Is(() => network.Wan.Pings(own));                           // its duplicates are looked for first
        Assert.True(network.Box.Pings("fd02::2"), $"{appliance}");
        Assert.DoesNotContain("fd02:", network.Box.Ip("-6", "addr", "show", "dev", "host-lan"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_router_that_the_ruleset_does_not_let_in_gives_no_address()
    {
        const string RouterIn = "pass in on wan inet6 proto icmp6 icmp6-type routeradv\n";
        using var network = new LiveNetwork();
        Background appliance = network.Run(Ports("[slaac]"), "block all\npass out on wan\n");
        using Background watching = network.Box.Start("tcpdump", "-n", "-l", "-i", "host-wan", "icmp6[0] = 134");
        using Background server = Lend(network, "--enable-ra", "--ra-param=wan0,4", "--dhcp-range=fd02::,ra-only,64,300");
        server.AwaitLine("RTR-ADVERT(wan0)");
        server.Until(() => network.Show("counters").Contains("block", StringComparison.Ordinal), "nothing is blocked");
        Assert.DoesNotContain(appliance.Errors, line => line.Contains("the host has", StringComparison.Ordinal));
        Assert.DoesNotContain(watching.Output, line => line.Contains("router advertisement", StringComparison.Ordinal));
        network.Write(Ports("[slaac]"), "block all\npass out on wan\n" + RouterIn);
        appliance.Signal("HUP");
        appliance.AwaitLine("port wan: the host has fd02::");
    }

    [Fact]
    public void A_port_with_static_addresses_takes_none_from_a_router()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        using Background server = Lend(network, "--enable-ra", "--ra-param=wan0,4", "--dhcp-range=fd02::,ra-only,64,300");
        using Background watching = network.Box.Start("tcpdump", "-n", "-l", "-i", "host-wan", "icmp6[0] = 134");
        watching.AwaitLine("router advertisement");                     // it is for daemons nevertheless
        string own = network.Box.Ip("-6", "-o", "addr", "show", "dev", "host-wan", "scope", "global");
        Assert.Single(own.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain(appliance.Errors, line => line.Contains("the host has", StringComparison.Ordinal));
    }

    [Fact]
    public void Routes_that_the_host_learns_by_ospf_are_the_appliances_while_they_last()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports, "block all\npass in on lan\npass on wan proto ospf\npass out on wan\n");
        network.Wan.Ip("link", "add", "inner", "type", "veth", "peer", "name", "nobody");
        network.Wan.Ip("link", "set", "nobody", "up");
        network.Wan.Ip("link", "set", "inner", "up");
        network.Wan.AddAddress("inner", "10.99.0.1/24");
        Assert.False(network.Lan.Pings("10.99.0.1"));
        using var box = FrrRouter.WithOspf(network.Box, network.Folder, "1.1.1.1", "host-wan");
        using (var wan = FrrRouter.WithOspf(network.Wan, network.Folder, "2.2.2.2", "wan0"))
        {
            Eventually.Is(() => network.Box.Ip("route", "show", "10.99.0.0/24").Contains("proto ospf", StringComparison.Ordinal));
            Eventually.Is(() => network.Lan.Pings("10.99.0.1"));
        }

        Eventually.Is(() => network.Box.Ip("route", "show", "10.99.0.0/24").Length == 0);
        Eventually.Is(() => !network.Lan.Pings("10.99.0.1"));
        Assert.False(appliance.HasEnded);
    }

    [Fact]
    public void Routes_that_the_host_learns_by_bgp_are_the_appliances_while_they_last()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        network.Wan.Ip("route", "add", "local", "10.99.0.0/24", "dev", "lo");
        network.Wan.Ip("-6", "route", "add", "local", "fd99::/64", "dev", "lo");
        using var box = FrrRouter.WithBgp(network.Box, network.Folder, "10.2.0.1", 64_501, "10.2.0.2", 64_502);
        using (var wan = FrrRouter.WithBgp(
            network.Wan, network.Folder, "10.2.0.2", 64_502, "10.2.0.1", 64_501, "10.99.0.0/24", "fd99::/64"))
        {
            Eventually.Is(() => network.Box.Ip("route", "show", "10.99.0.0/24").Contains("proto bgp", StringComparison.Ordinal));
            Eventually.Is(() => network.Lan.Pings("10.99.0.1"));
            Eventually.Is(() => network.Lan.Pings("fd99::1"));
            string routes = network.Show("routes");
            Assert.Contains("10.99.0.0/24", routes, StringComparison.Ordinal);
            Assert.Contains("bgp", routes, StringComparison.Ordinal);
        }

        Eventually.Is(() => network.Box.Ip("route", "show", "10.99.0.0/24").Length == 0);
        Eventually.Is(() => !network.Lan.Pings("10.99.0.1"));
        Assert.False(appliance.HasEnded);
    }

    [Theory]
    [Variation(false)]
    [InlineData(true)]
    public void Many_routes_that_come_and_go_at_once_are_followed_and_no_frame_is_lost_meanwhile(bool isV6)
    {
        int count = isV6 ? TestSize.Of(1_000, 10_000, 200_000) : TestSize.Of(5_000, 50_000, 1_000_000);
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        network.Wan.Ip(isV6 ? "-6" : "-4", "route", "add", "local", isV6 ? "2a00::/16" : "16.0.0.0/4", "dev", "lo");
        network.Box.Ip("route", "add", PrefixAt(0, isV6), "via", GatewayFor(isV6), "dev", "host-wan");
        string first = At(0, isV6);
        Eventually.Is(() => network.Lan.Pings(first));
        Assert.False(network.Lan.Pings(At(count, isV6)));
        using Background pinging = network.Lan.Start("ping", "-q", "-n", "-i", "0.005", "-c", "1000", first);
        Batch(network, "add", Enumerable.Range(1, count), isV6);
        foreach (int number in (int[])[1, 2, count / 2, count - 1, count]) Eventually.Is(() => network.Lan.Pings(At(number, isV6)));
        Batch(network, "del", Enumerable.Range(1, count).Where(number => number % 2 == 0), isV6);
        Eventually.Is(() => !network.Lan.Pings(At(2, isV6)));
        Eventually.Is(() => !network.Lan.Pings(At(count / 2 * 2, isV6)));
        Assert.True(network.Lan.Pings(At((count / 2 * 2) - 1, isV6)));
        pinging.AwaitEnd();
        Assert.Contains(pinging.Output, line => line.Contains("1000 received, 0% packet loss", StringComparison.Ordinal));
        Assert.DoesNotContain(appliance.Errors, line => line.Contains("do not count", StringComparison.Ordinal));
    }

    [Fact]
    public void Routes_of_the_host_that_end_are_answered_as_the_kernel_does()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports);
        network.Wan.Ip("route", "add", "local", "16.0.0.0/4", "dev", "lo");
        network.Box.Ip("route", "add", "16.0.0.0/8", "via", Gateway, "dev", "host-wan");
        network.Box.Ip("route", "add", "blackhole", "16.1.0.0/16");
        network.Box.Ip("route", "add", "unreachable", "16.2.0.0/16");
        network.Box.Ip("route", "add", "prohibit", "16.3.0.0/16");
        Eventually.Is(() => network.Lan.Pings("16.4.0.1"));
        Eventually.Is(() => Ping(network, "16.3.0.1").Contains("Packet filtered", StringComparison.Ordinal));
        Assert.Contains("Destination Host Unreachable", Ping(network, "16.2.0.1"), StringComparison.Ordinal);
        string silent = Ping(network, "16.1.0.1");
        Assert.Contains("100% packet loss", silent, StringComparison.Ordinal);
        Assert.DoesNotContain("From", silent, StringComparison.Ordinal);
        network.Box.Ip("route", "del", "blackhole", "16.1.0.0/16");
        Eventually.Is(() => network.Lan.Pings("16.1.0.1"));
    }

    [Fact]
    public void The_hosts_end_of_a_port_has_a_link_while_the_port_has()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports);
        network.Box.Ip("addr", "add", "10.2.0.77/24", "dev", "host-wan");
        Assert.Contains("LOWER_UP", network.Box.Ip("link", "show", "host-wan"), StringComparison.Ordinal);
        network.Wan.Ip("link", "set", "wan0", "down");
        Eventually.Is(() => network.Box.Ip("link", "show", "host-wan").Contains("NO-CARRIER", StringComparison.Ordinal));
        Assert.Contains("LOWER_UP", network.Box.Ip("link", "show", "host-lan"), StringComparison.Ordinal);
        string ports = ApplianceProgram.Succeed("show", "ports", "--json", "--socket", network.Folder["live.sock"]).Output;
        JsonElement wan = JsonDocument.Parse(ports).RootElement.EnumerateArray()
            .Single(port => port.GetProperty("name").GetString() == "wan");
        JsonElement host = wan.GetProperty("host");
        Assert.Equal(("host-wan", "down"), (host.GetProperty("device").GetString(), host.GetProperty("link").GetString()));
        Assert.Equal("10.2.0.1/24", host.GetProperty("addresses")[0].GetString());
        Assert.Equal("10.2.0.77/24", host.GetProperty("learned")[0].GetString());
        network.Wan.Ip("link", "set", "wan0", "up");
        Eventually.Is(() => network.Box.Ip("link", "show", "host-wan").Contains("LOWER_UP", StringComparison.Ordinal));
    }

    [Fact]
    public void Routes_that_the_kernel_forgets_without_a_word_are_forgotten()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports);
        network.Wan.Ip("route", "add", "local", "16.0.0.0/4", "dev", "lo");
        network.Box.Ip("route", "add", FirstRoute, "via", Gateway, "dev", "host-wan");
        Eventually.Is(() => network.Lan.Pings("16.0.0.1"));
        network.Box.Ip("link", "set", "host-wan", "down");
        Assert.Empty(network.Box.Ip("route", "show", FirstRoute));
        Eventually.Is(() => !network.Lan.Pings("16.0.0.1"));
    }

    [Fact]
    public void Flows_take_the_ways_of_a_route_by_its_weights_and_a_next_hop_that_is_deleted_ends_its_routes_at_once()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports);
        network.Wan.AddAddress("wan0", "10.2.0.3/24");
        network.Wan.Ip("link", "set", "wan0", "addrgenmode", "none");
        network.Box.Ip("route", "add", "16.1.0.0/16", "nexthop", "via", "10.2.0.2", "dev", "host-wan", "weight", "3",
            "nexthop", "via", "10.2.0.3", "dev", "host-wan", "weight", "1");
        Eventually.Is(() => network.Show("routes").Contains("weight 3", StringComparison.Ordinal));
        network.Wan.Ip("route", "add", "local", "16.0.0.0/4", "dev", "lo");
        network.Box.Ip("nexthop", "add", "id", "5", "via", Gateway, "dev", "host-wan");
        network.Box.Ip("nexthop", "add", "id", "6", "via", "10.2.0.3", "dev", "host-wan");
        network.Box.Ip("nexthop", "add", "id", "50", "group", "5,2/6,1");
        network.Box.Ip("route", "add", FirstRoute, "nhid", "50");
        network.Box.Ip("route", "add", "16.2.0.0/16", "nhid", "5");
        Eventually.Is(() => network.Show("routes").Contains("weight 2", StringComparison.Ordinal));
        Eventually.Is(() => network.Lan.Pings("16.2.0.1"));
        network.Box.Ip("nexthop", "del", "id", "6");                    // the group goes on with the other
        Eventually.Is(() => !network.Show("routes").Contains("weight 2", StringComparison.Ordinal));
        Assert.True(network.Lan.Pings("16.0.0.1"));
        network.Box.Ip("nexthop", "del", "id", "5");
        Assert.Empty(network.Box.Ip("route", "show", "16.2.0.0/16"));
        Eventually.Is(() => !network.Show("routes").Contains("16.2.0.0/16", StringComparison.Ordinal));
        Assert.False(network.Lan.Pings("16.0.0.1"));
    }

    private static string At(int number, bool isV6) =>
        isV6 ? $"2a00:{number >> 16:x}:{number & 0xffff:x}::1" : $"{16 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}.1";

    private static string PrefixAt(int number, bool isV6) => At(number, isV6)[..^1] + (isV6 ? "/48" : "0/24");

    private static string GatewayFor(bool isV6) => isV6 ? "fd02::2" : Gateway;

    private static string Ping(LiveNetwork network, string address) =>
        network.Lan.Run("ping", "-n", "-c", "2", "-i", "0.1", "-W", "1", address).Output;

    private static void Batch(LiveNetwork network, string verb, IEnumerable<int> numbers, bool isV6)
    {
        string file = network.Folder[$"{verb}.batch"];
        File.WriteAllLines(file, numbers.Select(number =>
            $"route {verb} {PrefixAt(number, isV6)} via {GatewayFor(isV6)} dev host-wan proto bgp"));
        network.Box.Ip("-batch", file);
    }

    private static string Ports(string wan) => $$"""
        ports:
          lan: {backend: af-packet, device: eth0, addresses: [10.1.0.1/24, "fd01::1/64"]}
          wan: {backend: af-packet, device: eth1, addresses: {{wan}}}

        """;

    private static Background Lend(LiveNetwork network, params string[] how)
    {
        Background server = network.Wan.Start("dnsmasq", [
            "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=wan0", "--bind-interfaces", "--user=root",
            "--log-facility=-", $"--dhcp-leasefile={network.Folder["leases"]}", $"--pid-file={network.Folder["dnsmasq.pid"]}", .. how]);
        server.AwaitLine("started");
        return server;
    }
}

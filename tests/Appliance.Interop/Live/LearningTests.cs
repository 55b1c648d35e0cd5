using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>What daemons of the host set at its ends of ports, the appliance goes by.</summary>
public sealed class LearningTests
{
    private const string Zebra = "/usr/lib/frr/zebra", Ospf = "/usr/lib/frr/ospfd";

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
        Assert.False(Pings(network.Lan, "10.2.0.2"));                   // there is no address to translate to, and no way
        using Background server = Lend(network, "--dhcp-range=10.2.0.50,10.2.0.60,255.255.255.0,120", "--dhcp-option=3,10.2.0.2");
        using Background client = network.Box.Start("udhcpc", "-f", "-i", "host-wan", "-s", LiveNetwork.Script("lease.sh")[0]);
        client.AwaitLine("lease 10.2.0.5");
        appliance.AwaitLine("port wan: the host has 10.2.0.5");
        using Background watching = network.Wan.Start("tcpdump", "-n", "-l", "-i", "wan0", "icmp[icmptype] = icmp-echo and dst 10.2.0.2");
        watching.AwaitLine("listening on");
        Await(() => Pings(network.Lan, "10.2.0.2"));                    // the address is claimed first
        watching.AwaitLine("IP 10.2.0.5");
        Assert.DoesNotContain(watching.Output, line => line.Contains("10.1.0.2", StringComparison.Ordinal));
        string lease = network.Box.Ip("-4", "-o", "addr", "show", "dev", "host-wan").Split("inet ")[1].Split('/')[0];
        Await(() => Pings(network.Wan, lease));
        network.Box.Ip("addr", "flush", "dev", "host-wan");
        appliance.AwaitLine($"port wan: the host has {lease}/24 no more");
        Assert.False(Pings(network.Wan, lease));
        Assert.False(Pings(network.Lan, "10.2.0.2"));
    }

    [Fact]
    public void What_a_router_advertises_reaches_the_host_and_its_address_is_the_ports()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(Ports("[slaac]"));
        using Background server = Lend(network, "--enable-ra", "--ra-param=wan0,4", "--dhcp-range=fd02::,ra-only,64,300");
        appliance.AwaitLine("port wan: the host has fd02::");
        string own = network.Box.Ip("-6", "-o", "addr", "show", "dev", "host-wan", "scope", "global").Split("inet6 ")[1].Split('/')[0];
        Await(() => Pings(network.Wan, own));                           // its duplicates are looked for first
        Assert.True(Pings(network.Box, "fd02::2"), $"{appliance}");
        Assert.DoesNotContain("fd02:", network.Box.Ip("-6", "addr", "show", "dev", "host-lan"), StringComparison.Ordinal);
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
        Assert.False(Pings(network.Lan, "10.99.0.1"));
        using var box = new OspfRouter(network.Box, network.Folder, "1.1.1.1", "host-wan");
        using (var wan = new OspfRouter(network.Wan, network.Folder, "2.2.2.2", "wan0"))
        {
            Await(() => network.Box.Ip("route", "show", "10.99.0.0/24").Contains("proto ospf", StringComparison.Ordinal));
            Await(() => Pings(network.Lan, "10.99.0.1"));
        }

        Await(() => network.Box.Ip("route", "show", "10.99.0.0/24").Length == 0);
        Await(() => !Pings(network.Lan, "10.99.0.1"));
        Assert.False(appliance.HasEnded);
    }

    private static string Ports(string wan) => $$"""
        ports:
          lan: {backend: af-packet, device: eth0, addresses: [10.1.0.1/24, "fd01::1/64"]}
          wan: {backend: af-packet, device: eth1, addresses: {{wan}}}

        """;

    private static bool Pings(Host host, string address) =>
        host.Run("ping", "-n", "-c", "2", "-i", "0.1", "-W", "1", address).Output.Contains(" 0% packet loss", StringComparison.Ordinal);

    private static Background Lend(LiveNetwork network, params string[] how)
    {
        Background server = network.Wan.Start("dnsmasq", [
            "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=wan0", "--bind-interfaces", "--user=root",
            "--log-facility=-", $"--dhcp-leasefile={network.Folder["leases"]}", $"--pid-file={network.Folder["dnsmasq.pid"]}", .. how]);
        server.AwaitLine("started");
        return server;
    }

    /// <summary>A daemon of another takes its time.</summary>
    private static void Await(Func<bool> condition)
    {
        for (var end = DateTime.UtcNow.AddMinutes(1); !condition(); Thread.Sleep(50)) Assert.True(DateTime.UtcNow < end, "it does not come");
    }

    /// <summary>Two daemons of FRR on a host, which speak OSPF by one interface and tell what is connected.</summary>
    private sealed class OspfRouter : IDisposable
    {
        private readonly Background _zebra;
        private readonly Background _ospf;

        public OspfRouter(Host host, TemporaryFolder folder, string identity, string device)
        {
            string home = folder[$"frr-{identity}"];
            Directory.CreateDirectory(home);
            File.SetUnixFileMode(Path.GetDirectoryName(home)!, (UnixFileMode)0b111_101_101);       // FRR gives up root, and looks for itself
            File.SetUnixFileMode(home, (UnixFileMode)0b111_111_111);
            string zebra = Path.Combine(home, "zebra.conf"), ospf = Path.Combine(home, "ospfd.conf");
            File.WriteAllText(zebra, "");
            File.WriteAllText(ospf, $"""
                interface {device}
                 ip ospf area 0
                 ip ospf network point-to-point
                 ip ospf hello-interval 1
                 ip ospf dead-interval 4
                router ospf
                 ospf router-id {identity}
                 redistribute connected

                """);
            string[] common = ["-z", Path.Combine(home, "zserv"), "--vty_socket", home, "-P", "0"];
            _zebra = Start(host, Zebra, [.. common, "-f", zebra, "-i", Path.Combine(home, "zebra.pid")]);
            for (var end = DateTime.UtcNow.AddSeconds(30); !File.Exists(Path.Combine(home, "zserv")); Thread.Sleep(20))
                Assert.True(DateTime.UtcNow < end && !_zebra.HasEnded, _zebra.ToString());
            _ospf = Start(host, Ospf, [.. common, "-f", ospf, "-i", Path.Combine(home, "ospfd.pid")]);
        }

        public void Dispose()
        {
            _ospf.Signal("TERM");
            _ospf.AwaitEnd();
            _ospf.Dispose();
            _zebra.Signal("TERM");
            _zebra.AwaitEnd();
            _zebra.Dispose();
        }

        private static Background Start(Host host, string program, string[] arguments)
        {
            Assert.SkipUnless(File.Exists(program), $"{program} is not installed (frr)");
            return host.StartService(new Dictionary<string, string>(StringComparer.Ordinal), program, arguments);
        }
    }
}

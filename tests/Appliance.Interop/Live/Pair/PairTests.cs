using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>Two running appliances that share their addresses, and hosts that know no other: whoever ends, the other goes on.</summary>
public sealed partial class PairTests(ITestOutputHelper output)
{
    private const int Some = 25;                                        // pings, one in 20 ms

    [Fact]
    public void Hosts_reach_each_other_by_the_virtual_addresses_and_the_addresses_themselves()
    {
        using var network = new PairNetwork();
        network.Run(0);
        network.Run(1);
        network.AwaitMaster(0);
        string[] all = ["10.2.0.2", PairNetwork.LanGateway, PairNetwork.WanGateway, "fd02::2", PairNetwork.LanGatewayV6];
        foreach (string there in all)
            network.Lan.Succeed("ping", "-n", "-c", "2", "-i", "0.1", "-W", "5", there);
        string known = network.Lan.Ip("neigh", "show", PairNetwork.LanGateway) + network.Lan.Ip("neigh", "show", PairNetwork.LanGatewayV6);
        Assert.Equal(2, known.Split("00:00:5e:00:01:01").Length - 1);
        Assert.Equal("present", network.Ask(0, "show", "sync")[0].GetProperty("state").GetString());
        output.WriteLine(network.Ask(1, "show", "sync").ToString());
    }

    [Theory]
    [InlineData(true, "KILL")]
    [Variation(true, "TERM")]
    [Variation(false, "TERM")]
    public void When_the_master_ends_the_backup_takes_over(bool hasLane, string signal)
    {
        using var network = new PairNetwork();
        Background master = network.Run(0, hasLane);
        network.Run(1, hasLane);
        network.AwaitMaster(0);
        string lost = LostWhile(network, () => EndAndAwait(network, master, signal));
        output.WriteLine($"{(hasLane ? "with" : "without")} lane, {signal}: {lost}");
        output.WriteLine(network.Ask(1, "carp", "status").GetProperty("timeline").ToString());
    }

    /// <summary>What a process has open.</summary>
    private static IEnumerable<string> FilesOf(Background process) =>
        Directory.GetFiles($"/proc/{process.Id}/fd").Select(file => new FileInfo(file).LinkTarget ?? "");

    [Fact]
    public void When_a_port_of_the_master_is_unplugged_both_sides_move()
    {
        using var network = new PairNetwork();
        Background master = network.Run(0);
        network.Run(1);
        network.AwaitMaster(0);
        Assert.Equal(3, FilesOf(master).Count(file => file.EndsWith("/carrier_changes", StringComparison.Ordinal)));
        string lost = LostWhile(network, () => network.Switch.Ip("link", "set", "wan-0", "down"));
        output.WriteLine($"unplugged: {lost}");
        Eventually.Is(() => network.StatesOf(1) == "MASTER");
        Eventually.Is(() => network.StatesOf(0) == "BACKUP INIT");
        network.Switch.Ip("link", "set", "wan-0", "up");
        network.AwaitMaster(0);
    }

    [Fact]
    public void An_operator_moves_the_addresses_and_they_come_back()
    {
        using var network = new PairNetwork();
        network.Run(0);
        network.Run(1);
        network.AwaitMaster(0);
        string lost = LostWhile(network, () => network.Ask(0, "carp", "maintenance", "on"));
        output.WriteLine($"maintenance: {lost}");
        network.AwaitMaster(1);
        Assert.True(network.Ask(0, "carp", "status").GetProperty("maintenance").GetBoolean());
        network.Ask(0, "carp", "maintenance", "off");
        network.AwaitMaster(0);
        network.Ask(0, "carp", "failover");
        network.AwaitMaster(1);
        network.Ask(0, "carp", "failover", "--back");
        network.AwaitMaster(0);
        network.Ask(0, "carp", "failover");
        network.AwaitMaster(1);
        network.Ask(1, "carp", "failover");
        network.AwaitMaster(0);
    }

    [Fact]
    public void Who_is_out_of_service_is_so_behind_a_restart()
    {
        using var network = new PairNetwork();
        Background first = network.Run(0);
        network.Run(1);
        network.AwaitMaster(0);
        network.Ask(0, "carp", "maintenance", "on");
        network.AwaitMaster(1);
        first.Signal("KILL");
        first.AwaitEnd();
        first = network.Run(0);
        Eventually.Is(() => network.StatesOf(0) == "BACKUP");
        JsonElement status = network.Ask(0, "carp", "status");
        Assert.True(status.GetProperty("maintenance").GetBoolean());
        Assert.Equal(240, status.GetProperty("demotion").GetInt32());
        Assert.Equal("MASTER", network.StatesOf(1));
        network.Ask(0, "carp", "maintenance", "off");
        network.AwaitMaster(0);
        first.Signal("TERM");
        first.AwaitEnd();
        network.Run(0);
        network.AwaitMaster(0);
    }

    /// <summary>What clouds and hypervisors ask for: no group addresses, or no MAC address but the machine's own.</summary>
    [Theory]
    [InlineData(true, false)]
    [Variation(false, true)]
    public void Adverts_to_the_peer_alone_and_by_the_ports_own_mac_fail_over_as_well(bool isUnicast, bool isPortMac)
    {
        using var network = new PairNetwork();
        using Background adverts = network.Switch.Start("tcpdump", "-i", "lan", "-n", "-l", "ip proto 112 or ip6 proto 112");
        adverts.AwaitLine("listening on");
        string mac = network.Boxes[0].Succeed("cat", "/sys/class/net/eth0/address").Trim();
        Background master = network.Run(0, hasLane: false, yaml => Edit(yaml, 2));
        network.Run(1, hasLane: false, yaml => Edit(yaml, 1));
        network.AwaitMaster(0);
        string lost = LostWhile(network, () => EndAndAwait(network, master, "TERM"));
        output.WriteLine(lost);
        string known = network.Lan.Ip("neigh", "show", PairNetwork.LanGateway);
        Assert.Equal(!isPortMac, known.Contains("00:00:5e:00:01:01", StringComparison.Ordinal));
        Assert.DoesNotContain(mac, known, StringComparison.Ordinal);
        adverts.AwaitLine(isUnicast ? "> 10.1.0." : "> 224.0.0.18");
        string never = isUnicast ? "> 224.0.0.18" : "> 10.1.0.";
        Assert.DoesNotContain(adverts.Output, line => line.Contains(never, StringComparison.Ordinal));

        string Edit(string yaml, int other)
        {
            foreach ((int port, string group) in ((int, string)[])[(1, "vhid: 1,"), (2, "vhid: 2,")])
            {
                string peer = isUnicast ? $" peer: 10.{port}.0.1{other}, peer6: \"fd0{port}::1{other}\"," : "";
                yaml = yaml.Replace(group, $"{group}{peer}{(isPortMac ? " mac: port," : "")}", StringComparison.Ordinal);
            }

            return yaml;
        }
    }

    /// <summary>Until the other is master, a box that ends in order may still answer.</summary>
    private static void EndAndAwait(PairNetwork network, Background master, string signal)
    {
        master.Signal(signal);
        Eventually.Is(() => network.StatesOf(1) == "MASTER");
    }

    /// <summary>Of pings through the pair, in the midst of which something happens; they are answered again before they end.</summary>
    private static string LostWhile(PairNetwork network, Action happening)
    {
        network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "10.2.0.2");
        using Background pinging = network.Lan.Start("ping", "-n", "-i", "0.02", "-W", "5", "10.2.0.2");
        Eventually.Is(() => LastAnswered(pinging) >= Some);
        happening();
        Eventually.Is(() => network.Lan.Pings("10.2.0.2"));
        int answered = LastAnswered(pinging);                           // perhaps one that was under way
        Eventually.Is(() => LastAnswered(pinging) >= answered + Some);
        pinging.Signal("INT");
        string said = pinging.AwaitEnd().Output;
        return $"of {Sums().Match(said).Value}";
    }

    private static int LastAnswered(Background pinging) => pinging.Output
        .Select(line => Sequence().Match(line).Groups["number"])
        .Where(number => number.Success)
        .Select(number => int.Parse(number.Value, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    [GeneratedRegex("icmp_seq=(?<number>[0-9]+) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sequence();

    [GeneratedRegex("[0-9]+ packets transmitted, [0-9]+ received", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sums();
}

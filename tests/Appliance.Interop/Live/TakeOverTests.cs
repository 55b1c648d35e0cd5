using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A device that the host lives by becomes a port, and the host goes on behind it.</summary>
public sealed class TakeOverTests
{
    private const string Mine = "10.2.0.1/24", Default = "default via 10.2.0.2";

    [Fact]
    public void What_the_host_has_moves_to_the_host_path_and_returns_at_the_end()
    {
        using LiveNetwork network = Connected();
        ProcessFailsWithout(network);
        Background appliance = network.Run(Ports("take-over: true"));
        Assert.DoesNotContain(Mine, AddressesOf(network, "eth1"), StringComparison.Ordinal);
        Assert.Contains(Mine, AddressesOf(network, "host-wan"), StringComparison.Ordinal);
        Assert.Contains($"{Default} dev host-wan", network.Box.Ip("route"), StringComparison.Ordinal);
        appliance.AwaitLine("port wan: the host has 10.2.0.1/24");
        Eventually.Is(() => network.Wan.Pings("10.2.0.1"));
        Assert.True(network.Box.Pings("10.99.0.1"), $"{appliance}");           // by the route that moved
        Assert.True(network.Lan.Pings("10.99.0.1"), $"{appliance}");           // which is the appliance's, too
        appliance.Signal("TERM");
        Assert.Equal(0, appliance.AwaitEnd().ExitCode);
        MustBeAsBefore(network);
    }

    [Fact]
    public void What_was_taken_over_before_a_crash_is_not_lost()
    {
        using LiveNetwork network = Connected();
        Background crashing = network.Run(Ports("take-over: true"));
        crashing.Signal("KILL");
        crashing.AwaitEnd();
        Assert.DoesNotContain(Mine, network.Box.Ip("addr"), StringComparison.Ordinal);
        Background appliance = network.Run(Ports("take-over: true"));
        Assert.Contains(Mine, AddressesOf(network, "host-wan"), StringComparison.Ordinal);
        Eventually.Is(() => network.Lan.Pings("10.99.0.1"));
        appliance.Signal("TERM");
        Assert.Equal(0, appliance.AwaitEnd().ExitCode);
        MustBeAsBefore(network);
        Background again = network.Run(Ports("take-over: true"));               // and nothing old is left of the note
        again.Signal("TERM");
        Assert.Equal(0, again.AwaitEnd().ExitCode);
        MustBeAsBefore(network);
    }

    [Fact]
    public void A_device_that_went_and_came_back_gets_back_what_the_host_had()
    {
        using LiveNetwork network = Connected();
        string mac = network.Box.Succeed("cat", "/sys/class/net/eth1/address").Trim();
        Background appliance = network.Run(Ports("take-over: true"));
        appliance.AwaitLine("port wan: the host has 10.2.0.1/24");
        network.Box.Ip("link", "delete", "eth1");
        appliance.AwaitLine("port wan: its device eth1 is gone");
        network.ConnectWan(mac);
        network.Wan.AddAddress("wan0", "10.99.0.1/32");
        appliance.AwaitLine("port wan: its device eth1 is back");
        Eventually.Is(() => network.Lan.Pings("10.99.0.1"));
        appliance.Signal("TERM");
        Assert.Equal(0, appliance.AwaitEnd().ExitCode);
        MustBeAsBefore(network);
    }

    /// <summary>As soon as the address has moved the start goes on, and a signal that ends a process is not to leave it there.</summary>
    [Fact]
    public void A_stop_in_the_middle_of_a_start_gives_back_what_was_taken_over()
    {
        using LiveNetwork network = Connected();
        Background appliance = network.Begin(Ports("take-over: true"));
        appliance.Until(
            () => network.Box.Ip("-o", "addr").Split('\n').Any(line =>
                line.Contains("host-wan", StringComparison.Ordinal) && line.Contains(Mine, StringComparison.Ordinal)),
            "the host path does not get the address");
        appliance.Signal("TERM");
        Assert.Equal(0, appliance.AwaitEnd().ExitCode);
        MustBeAsBefore(network);
    }

    private static string Ports(string how) => $$"""
        ports:
          lan: {backend: af-packet, device: eth0, addresses: [10.1.0.1/24]}
          wan: {backend: af-packet, device: eth1{{(how.Length > 0 ? ", " + how : "")}}}

        """;

    /// <summary>The box lives by eth1, and an address of the other side is behind its default route.</summary>
    private static LiveNetwork Connected()
    {
        var network = new LiveNetwork();
        network.Box.AddAddress("eth1", Mine);
        network.Box.Ip("route", "add", "default", "via", "10.2.0.2");
        network.Wan.AddAddress("wan0", "10.99.0.1/32");
        Assert.True(network.Box.Pings("10.99.0.1"));
        return network;
    }

    private static void ProcessFailsWithout(LiveNetwork network)
    {
        Background refused = network.Begin(Ports(""));
        Assert.Equal(2, refused.AwaitEnd().ExitCode);
        Assert.Contains(refused.Errors, line => line.Contains("take-over: true", StringComparison.Ordinal));
        Assert.True(network.Box.Pings("10.99.0.1"));
    }

    private static void MustBeAsBefore(LiveNetwork network)
    {
        Assert.Contains(Mine, AddressesOf(network, "eth1"), StringComparison.Ordinal);
        Assert.Contains($"{Default} dev eth1", network.Box.Ip("route"), StringComparison.Ordinal);
        Assert.DoesNotContain("host-", network.Box.Ip("link"), StringComparison.Ordinal);
        Assert.True(network.Box.Pings("10.99.0.1"));
    }

    private static string AddressesOf(LiveNetwork network, string device) => network.Box.Ip("addr", "show", "dev", device);
}

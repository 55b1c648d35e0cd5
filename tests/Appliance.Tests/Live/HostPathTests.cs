using Appliance.Configuration;
using Appliance.Firewall;
using Appliance.Routing;
using Appliance.Running;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Tests.Live;

/// <summary>The host's ends of the ports of an appliance that runs.</summary>
public sealed class HostPathTests
{
    private static readonly LearnedFacts Lease = new([(1, Prefix("198.51.100.77/24"))]);

    [Fact]
    public void What_is_for_the_host_reaches_it_and_what_it_sends_leaves()
    {
        var host = new TestHost();
        using var rig = new LiveRig(host: host);
        Assert.Equal(["192.168.1.1/24", "203.0.113.2/24"], host.Given);
        rig.Lan.Arrive(ToLan(22));
        LiveRig.Until(() => host["host-lan"].Sent.Length == 1, () => "the host gets nothing");
        Assert.Equal(ToLan(22), host["host-lan"].Sent[0]);
        host["host-lan"].Arrive(TestFrames.Ipv4("192.168.1.1", "198.51.100.7", TestTransport.Udp(22, 40_000)), queue: 1);
        LiveRig.Until(() => rig.Wan.Sent.Length == 1, () => "the host's frame does not leave");
        Assert.Equal(new MacAddress(0x5254_0000_0002), MacAddress.Read(rig.Wan.Sent[0].AsSpan(6)));
    }

    [Fact]
    public async Task What_is_learned_outlives_a_reload_and_ends_when_the_host_has_it_no_more()
    {
        var host = new TestHost();
        string yaml = LiveRig.Ports.Replace("[203.0.113.2/24]", "[203.0.113.2/24, dhcp]", StringComparison.Ordinal);
        using var rig = new LiveRig(yaml, host: host);
        host.Set(Lease);
        LiveRig.Until(() => AddressesOfWan(rig) == 2, () => "the address is not learned");
        rig.Text = yaml + "vrss: {indirection: 64}\n";
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        Assert.Equal(2, await rig.Appliance.Ask(node => node.Configuration.Ports[1].Addresses.Length));
        Assert.Equal(["192.168.1.1/24", "203.0.113.2/24"], host.Given);                 // it has its own already
        rig.Wan.Arrive(TestFrames.WithMacs(
            TestFrames.Ipv4("198.51.100.7", "198.51.100.77", TestTransport.Tcp(40_000, 22)),
            new MacAddress(0x5254_0000_0002),
            TestFrames.Host));
        LiveRig.Until(() => host["host-wan"].Sent.Length == 1, () => "the host gets nothing by its lease");
        host.Set(LearnedFacts.None);
        LiveRig.Until(() => AddressesOfWan(rig) == 1, () => "the address stays");
        Assert.Contains(rig.Lines, line => line.Contains("the host has 198.51.100.77/24 no more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ends_come_and_go_with_their_ports()
    {
        var host = new TestHost();
        using var rig = new LiveRig(host: host);
        Assert.Equal(2, host.OpenEnds);
        rig.Text = LiveRig.Ports.Replace("device: eth0,", "device: eth0, host-path: off,", StringComparison.Ordinal);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        LiveRig.Until(() => host.OpenEnds == 1, () => "the end stays");
        rig.Lan.Arrive(ToLan(22));
        LiveRig.Until(() => rig.Appliance.Node.ReadAccounts().Consumed == 1, () => "the frame does not end");
        Assert.Empty(host["host-lan"].Sent);
        rig.Text = LiveRig.Ports;
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        LiveRig.Until(() => host.OpenEnds == 2, () => "the end does not come back");
        SendUntilHeard(rig, host);
    }

    [Fact]
    public void A_learned_route_leads_frames_while_the_host_has_it()
    {
        var host = new TestHost();
        string yaml = LiveRig.Ports.Replace("routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]", "", StringComparison.Ordinal);
        using var rig = new LiveRig(yaml, host: host);
        var target = new RouteTarget("bgp", TargetKind.Unicast, [new NextHop(1, Prefix("203.0.113.1/32").Address)]);
        var route = new RouteChange(Prefix("198.51.100.0/24"), target);
        rig.Lan.Arrive(LiveRig.Frame(1));
        LiveRig.Until(() => DropsOf(rig, "no-route") == 1, () => "there is a route already");
        host.Tell(route);
        LiveRig.Until(() => LearnedBy(rig) == 1, () => "the route is not learned");
        rig.Lan.Arrive(LiveRig.Frame(2));
        LiveRig.Until(() => rig.Wan.Sent.Length == 1, () => "the frame does not leave");
        host.Tell(route with { Target = null });
        LiveRig.Until(() => LearnedBy(rig) == 0, () => "the route stays");
        rig.Lan.Arrive(LiveRig.Frame(3));
        LiveRig.Until(() => DropsOf(rig, "no-route") == 2, () => "the route still leads");
    }

    [Fact]
    public void A_host_that_cannot_have_an_end_is_told_of_and_the_port_runs_without()
    {
        var host = new TestHost { Refusal = "there is no /dev/net/tun" };
        using var rig = new LiveRig(host: host);
        Assert.Contains(rig.Lines, line => line.Contains("there is no /dev/net/tun", StringComparison.Ordinal));
        rig.Lan.Arrive(ToLan(22));
        LiveRig.Until(() => rig.Appliance.Node.ReadAccounts().Consumed == 1, () => "the frame does not end");
    }

    [Fact]
    public void An_end_that_cannot_be_had_is_tried_again()
    {
        var host = new TestHost { Refusal = "there is no /dev/net/tun" };
        using var rig = new LiveRig(host: host);
        host.Refusal = null;
        LiveRig.Until(() => host.OpenEnds == 2, () => "nobody tries again");
        SendUntilHeard(rig, host);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_end_has_the_mtu_of_its_port_whatever_changes_that_and_stays(int vcpus)
    {
        var host = new TestHost();
        using var rig = new LiveRig(vcpus: vcpus, host: host);
        rig.Wan.MtuBytes = 1400;
        rig.Devices.Announce();
        LiveRig.Until(() => host["host-wan"].MtuBytes == 1400, () => $"the end has not the device's: {string.Join('\n', rig.Lines)}");
        rig.Text = LiveRig.Ports.Replace("device: eth1,", "device: eth1, mtu: 1300,", StringComparison.Ordinal);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        LiveRig.Until(() => host["host-wan"].MtuBytes == 1300, () => $"the end has not the port's: {string.Join('\n', rig.Lines)}");
        Assert.Equal((1, 1), (host["host-wan"].Open, host["host-wan"].OpenedInAll));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_end_of_a_port_that_gets_another_device_is_opened_when_the_one_before_is_closed(int vcpus)
    {
        var host = new TestHost();
        using var rig = new LiveRig(vcpus: vcpus, host: host);
        var third = new TestDevice("eth2", 0x5254_0000_0003);
        rig.Devices.Add(third);
        rig.Text = LiveRig.Ports.Replace("eth0", "eth2", StringComparison.Ordinal);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        LiveRig.Until(
            () => host["host-lan"] is { Open: 1, OpenedInAll: 2 }, () => $"the host has no end: {string.Join('\n', rig.Lines)}");
        Assert.Equal(third.Mac, host["host-lan"].Mac);
        SendUntilHeard(rig, host, third);
        Assert.DoesNotContain(rig.Lines, line => line.Contains("busy", StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_that_learns_its_addresses_does_not_start_without_an_end()
    {
        var host = new TestHost { Refusal = "there is no /dev/net/tun" };
        string yaml = LiveRig.Ports.Replace("[203.0.113.2/24]", "[203.0.113.2/24, dhcp]", StringComparison.Ordinal);
        Assert.Throws<PortFault>(() => new LiveRig(yaml, host: host));
    }

    [Fact]
    public void The_ports_at_which_the_host_listens_are_known_to_translation()
    {
        var host = new TestHost { Listening = new ReservedPorts([22], [123]) };
        using var rig = new LiveRig(host: host);
        LiveRig.Until(() => rig.Appliance.Node.HostPorts.Has(IpProtocol.Tcp, 22), () => "the port is not known");
        Assert.True(rig.Appliance.Node.HostPorts.Has(IpProtocol.Udp, 123));
        Assert.False(rig.Appliance.Node.HostPorts.Has(IpProtocol.Udp, 22));
    }

    [Fact]
    public void A_host_that_does_not_answer_is_told_of_and_asked_again_and_what_was_learned_stays()
    {
        var host = new TestHost();
        string yaml = LiveRig.Ports.Replace("[203.0.113.2/24]", "[203.0.113.2/24, dhcp]", StringComparison.Ordinal);
        using var rig = new LiveRig(yaml, host: host);
        host.Set(Lease);
        LiveRig.Until(() => AddressesOfWan(rig) == 2, () => "the address is not learned");
        host.IsSilent = true;
        host.Set(LearnedFacts.None);
        LiveRig.Until(
            () => rig.Lines.Any(line => line.Contains("answer of netlink", StringComparison.Ordinal)), () => "nothing is said of it");
        Assert.Equal(2, AddressesOfWan(rig));
        host.IsSilent = false;
        LiveRig.Until(() => AddressesOfWan(rig) == 1, () => "it is not asked again");
    }

    /// <summary>The workers have the end a moment after it was opened: what comes before is not the host's yet.</summary>
    private static void SendUntilHeard(LiveRig rig, TestHost host, TestDevice? by = null)
    {
        TestDevice lan = by ?? rig.Lan;
        for (int i = 0; i < 100_000 && host["host-lan"].Sent.IsEmpty; i++)
        {
            long before = rig.Appliance.Node.ReadAccounts().Received;
            lan.Arrive(TestFrames.WithMacs(ToLan(23), lan.Mac, TestFrames.Host));
            LiveRig.Until(() => rig.Appliance.Node.ReadAccounts().Received > before, () => "nobody takes the frame");
        }

        Assert.NotEmpty(host["host-lan"].Sent);
    }

    private static long DropsOf(LiveRig rig, string reason) => rig.Appliance.Node.ReadAccounts().Drops.GetValueOrDefault(reason);

    private static int LearnedBy(LiveRig rig) =>
        rig.Appliance.Ask(node => node.Models.Routing.Table.LearnedCount).GetAwaiter().GetResult();

    private static int AddressesOfWan(LiveRig rig) =>
        rig.Appliance.Ask(node => node.Configuration.Ports[1].Addresses.Length).GetAwaiter().GetResult();

    private static byte[] ToLan(ushort port) => TestFrames.WithMacs(
        TestFrames.Ipv4("192.168.1.10", "192.168.1.1", TestTransport.Tcp(40_000, port)), new MacAddress(0x5254_0000_0001), TestFrames.Host);

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}

using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests.HostPath;

/// <summary>What the host gets of the frames that come in, and what becomes of those that it sends.</summary>
public sealed class HostPathTests
{
    private static readonly MacAddress Neighbour = new(0x0200_5e00_5301);

    [Theory]
    [InlineData("192.168.1.1")]
    [InlineData("203.0.113.2")]             // of another port: it goes to the end of the port where it came in
    public void What_the_appliance_does_not_answer_goes_to_the_host(string own)
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var lan = new HostEnd(box, "lan");
        var wan = new HostEnd(box, "wan");
        byte[] syn = TestFrames.Ipv4(Boxes.LanHost, own, TestTransport.Tcp(40_000, 22));
        box.Send("lan", syn).MustBeConsumed();
        Assert.Equal(TestFrames.WithMacs(syn, Boxes.LanMac, Neighbour), Assert.Single(lan.Take()));
        Assert.Empty(wan.Take());
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, own, TestTransport.EchoRequest(1))).Answered("lan");
        Assert.Empty(lan.Take());
    }

    [Fact]
    public void Where_the_host_has_no_end_nothing_is_delivered_and_groups_are_nobodys()
    {
        using var box = new Box(Boxes.Edge);
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.Tcp(40_000, 22))).MustBeConsumed();
        box.Send("lan", ToGroup("224.0.0.5", IpProtocol.Ospf)).MustBeDropped("multicast");
        box.Send("lan", Broadcast("192.168.1.255")).MustBeDropped("broadcast");
        box.Send("lan", Question()).MustBeDropped("martian");
    }

    [Fact]
    public void An_end_that_the_models_know_and_no_device_has_yet_loses_and_counts()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.Tcp(40_000, 22))).MustBeDropped("port-down");
    }

    [Fact]
    public void Ipv6_and_fragments_go_to_the_host_as_they_came()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var lan = new HostEnd(box, "lan");
        byte[] udp = TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:1::1", TestTransport.Udp(40_000, 53, 10));
        byte[] first = TestFrames.Ipv4(
            Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(7), ip => ip with { MoreFragments = true });
        byte[] later = TestFrames.Ipv4(
            Boxes.LanHost, "192.168.1.1", TestTransport.Raw(IpProtocol.Icmp, new byte[32]), ip => ip with { FragmentOffsetBytes = 8 });
        box.Send("lan", udp, first, later);
        Assert.Equal([udp, first, later], lan.Take());
    }

    /// <summary>Before the workers' first breath, as when the program starts: nobody reads the mail meanwhile.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void There_may_be_more_ends_than_letters_wait_for_a_worker(int vcpus)
    {
        const int Vlans = 3 * Worker.MailCapacity;
        string net = string.Concat(Enumerable.Range(1, Vlans).Select(vlan =>
            $"  v{vlan}: {{parent: lan, vlan: {vlan}, addresses: [10.{vlan / 256}.{vlan % 256}.1/24]}}\n"));
        using Box box = HostEnd.BoxFor("ports:\n  lan: {backend: pcap, addresses: [192.168.1.1/24]}\n" + net, vcpus);
        HostEnd[] ends = [.. Enumerable.Range(1, Vlans).Select(vlan => new HostEnd(box, $"v{vlan}", isSoon: true))];
        byte[] syn = TestFrames.Ipv4("10.2.200.9", "10.2.200.1", TestTransport.Tcp(40_000, 22));
        box.Node.StepUntilIdle(box.Now);
        box.Send("lan", TestFrames.Tagged(syn, 712)).MustBeConsumed();
        Assert.Equal(syn, Assert.Single(ends[711].Take()));
        PortDetachment[] gone = [.. Enumerable.Range(1, Vlans).Select(vlan => box.Node.DetachHost(new PortId((ushort)vlan)))];
        Assert.All(gone, each => Assert.False(each.IsDone));
        box.Send("lan", TestFrames.Tagged(syn, 712)).MustBeDropped("port-down");
        Assert.All(gone, each => Assert.True(each.IsDone));
    }

    [Fact]
    public void Tags_are_off_what_comes_by_a_sub_port_and_on_what_leaves_by_it()
    {
        const string Net = """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
              lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}

            """;
        using Box box = HostEnd.BoxFor(Net);
        var end = new HostEnd(box, "lan.20");
        byte[] syn = TestFrames.Ipv4("192.168.20.9", "192.168.20.1", TestTransport.Tcp(40_000, 22));
        box.Send("lan", TestFrames.Tagged(syn, 20)).MustBeConsumed();
        Assert.Equal(syn, Assert.Single(end.Take()));
        byte[] hello = ToGroup("224.0.0.5", IpProtocol.Ospf, "192.168.20.1");
        Seen seen = end.Send(hello);
        Assert.Equal(
            TestFrames.Tagged(TestFrames.WithMacs(hello, new MacAddress(0x0100_5e00_0005), Boxes.LanMac), 20),
            Assert.Single(seen.LeftBy("lan")));
    }

    [Fact]
    public void The_host_is_routed_without_spending_a_hop_and_counts_as_generated()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var lan = new HostEnd(box, "lan");
        byte[] own = TestFrames.Ipv4("192.168.1.1", Boxes.Outside, TestTransport.Tcp(22, 40_000), ip => ip with { TimeToLive = 1 });
        Seen seen = lan.Send(own);
        Assert.Equal(TestFrames.WithMacs(own, Boxes.Gateway, Boxes.WanMac), Assert.Single(seen.LeftBy("wan")));
        Assert.Equal((0, 1, 0, 0), (seen.Received, seen.Generated, seen.Dropped, seen.Consumed));
        Assert.Equal(0, seen.At("lan").FramesIn);
    }

    [Fact]
    public void What_the_host_sends_causes_no_error()
    {
        using Box box = HostEnd.BoxFor(Boxes.Island);
        var lan = new HostEnd(box, "lan");
        Seen seen = lan.Send(TestFrames.Ipv4("192.168.1.1", Boxes.Outside, TestTransport.Tcp(22, 40_000)));
        Assert.Empty(seen.Left);
        Assert.Empty(lan.Take());
        Assert.Equal(1, seen.DroppedAs("no-route"));
    }

    [Theory]
    [InlineData("224.0.0.5", 0x0100_5e00_0005UL)]
    [InlineData("239.192.1.2", 0x0100_5e40_0102UL)]
    [InlineData("255.255.255.255", 0xffff_ffff_ffffUL)]
    [InlineData("192.168.1.255", 0xffff_ffff_ffffUL)]
    public void Groups_and_broadcasts_of_the_host_leave_by_the_port_of_their_end(string group, ulong mac)
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var lan = new HostEnd(box, "lan");
        byte[] frame = TestFrames.Ipv4("192.168.1.1", group, TestTransport.Udp(520, 520, 24), ip => ip with { TimeToLive = 1 });
        Seen seen = lan.Send(frame);
        Assert.Equal(TestFrames.WithMacs(frame, new MacAddress(mac), Boxes.LanMac), Assert.Single(seen.LeftBy("lan")));
    }

    [Fact]
    public void Ipv6_groups_of_the_host_leave_by_the_port_of_their_end()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var wan = new HostEnd(box, "wan");
        byte[] frame = TestFrames.Ipv6("fe80::1:1", "ff02::5", TestTransport.Raw(IpProtocol.Ospf, new byte[44]));
        Seen seen = wan.Send(frame);
        Assert.Equal(TestFrames.WithMacs(frame, new MacAddress(0x3333_0000_0005), Boxes.WanMac), Assert.Single(seen.LeftBy("wan")));
    }

    [Fact]
    public void Neighbours_are_the_appliances_to_speak_with()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var lan = new HostEnd(box, "lan");
        byte[] arp = TestFrames.Ethernet(EtherType.Arp, new byte[28]);
        byte[] solicitation = TestFrames.Ipv6(
            "2001:db8:1::1", "ff02::1:ff00:10", TestTransport.Icmpv6(135, 0, 0, new byte[16]), ip => ip with { HopLimit = 255 });
        byte[] question = TestFrames.Ipv6("fe80::1:1", "ff02::2", TestTransport.Icmpv6(133, 0), ip => ip with { HopLimit = 255 });
        Seen silent = lan.Send(arp, solicitation);
        Assert.Equal((2, 2), (silent.Generated, silent.Consumed));
        Assert.Empty(silent.Left);
        Assert.Single(lan.Send(question).LeftBy("lan"));                // for routers: a daemon's
    }

    [Fact]
    public void Daemons_hear_groups_and_broadcasts_of_their_link_and_no_others()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var lan = new HostEnd(box, "lan");
        byte[] hello = ToGroup("224.0.0.5", IpProtocol.Ospf);
        byte[] hello6 = TestFrames.WithMacs(
            TestFrames.Ipv6("fe80::9", "ff02::5", TestTransport.Raw(IpProtocol.Ospf, new byte[44])),
            new MacAddress(0x3333_0000_0005),
            Neighbour);
        byte[][] heard = [hello, hello6, Broadcast("192.168.1.255"), Broadcast("255.255.255.255"), Question()];
        foreach (byte[] frame in heard) box.Send("lan", frame).MustBeConsumed();
        Assert.Equal(heard, lan.Take());
        box.Send("lan", Broadcast("203.0.113.255")).MustBeDropped("broadcast");      // another link's
        box.Send("lan", ToGroup("239.255.255.250", IpProtocol.Udp)).MustBeDropped("multicast");
        box.Send("lan", TestFrames.Ipv4("0.0.0.0", "192.168.1.1", TestTransport.Udp(68, 67, 240))).MustBeDropped("martian");
        Assert.Empty(lan.Take());
    }

    [Fact]
    public void A_flood_of_groups_is_bounded_and_counted()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var lan = new HostEnd(box, "lan");
        Seen seen = box.Send("lan", [.. Enumerable.Repeat(ToGroup("224.0.0.5", IpProtocol.Ospf), 1000)]);
        Assert.Equal(200, lan.Take().Length);
        Assert.Equal((200, 800), (seen.Consumed, seen.DroppedAs("queue-full")));
        box.Wait(100_000_000).Send("lan", [.. Enumerable.Repeat(ToGroup("224.0.0.5", IpProtocol.Ospf), 1000)]);
        Assert.Equal(100, lan.Take().Length);
    }

    [Fact]
    public void An_answer_about_a_lease_finds_a_host_without_address()
    {
        const string Net = """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
              wan: {backend: pcap, addresses: [dhcp]}

            """;
        using Box box = HostEnd.BoxFor(Net);
        var wan = new HostEnd(box, "wan");
        byte[] offer = TestFrames.Ipv4("203.0.113.1", "203.0.113.77", TestTransport.Udp(67, 68, 300));
        box.Send("wan", offer).MustBeConsumed();
        Assert.Equal(TestFrames.WithMacs(offer, Boxes.WanMac, Neighbour), Assert.Single(wan.Take()));
        box.Send("lan", TestFrames.Ipv4("192.168.1.9", "203.0.113.77", TestTransport.Udp(67, 68, 300))).RefusedWith("no-route", "lan");
        box.Send("wan", TestFrames.Ipv4("192.168.1.9", "203.0.113.77", TestTransport.Udp(67, 69, 300))).RefusedWith("no-route", "lan");
        Assert.Empty(wan.Take());
    }

    private static byte[] ToGroup(string group, IpProtocol protocol, string source = Boxes.LanHost) => TestFrames.WithMacs(
        TestFrames.Ipv4(source, group, TestTransport.Raw(protocol, new byte[44]), ip => ip with { TimeToLive = 1 }),
        new MacAddress(0x0100_5e00_0000UL | (TestFrames.V4(group).Value & 0x7f_ffff)),
        Neighbour);

    private static byte[] Broadcast(string destination) => TestFrames.WithMacs(
        TestFrames.Ipv4(Boxes.LanHost, destination, TestTransport.Udp(138, 138, 60)), MacAddress.Broadcast, Neighbour);

    private static byte[] Question() => TestFrames.WithMacs(
        TestFrames.Ipv4("0.0.0.0", "255.255.255.255", TestTransport.Udp(68, 67, 240)), MacAddress.Broadcast, Neighbour);
}

using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Routing;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// What a live node does that a replay shows with made-up neighbours: own addresses, sub-ports, translation, the short way.
/// </summary>
public sealed class LivePathTests
{
    private const string Net = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          wan: {backend: pcap, mtu: 1400, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
          lan.5: {parent: lan, vlan: 5, addresses: [192.168.5.1/24]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:2::1"}
        neighbors:
          - {port: lan, address: 192.168.1.250, mac: "02:00:00:00:00:fa"}

        """;

    private const string Nat = "nat on wan inet from 192.168.0.0/16 to any -> (wan)\nblock all\npass in on lan\npass out on wan\n";
    private const ulong HostMac = 0x0200_0000_5310, GatewayMac = 0x0200_0000_0a01;

    [Theory]
    [InlineData("192.168.1.1", "192.168.1.10")]
    [InlineData("2001:db8:1::1", "2001:db8:1::10")]
    [InlineData("fe80::1:ff:fe00:1", "fe80::10")]
    public void Ping_to_an_own_address_is_answered_when_the_asker_is_resolved(string own, string asker)
    {
        using var box = new LiveBox(Net);
        SimulatedHost host = box.AddHost("lan", asker, HostMac);
        bool isV6 = own.Contains(':', StringComparison.Ordinal);
        byte[] ping = isV6
            ? TestFrames.Ipv6(asker, own, TestTransport.Icmpv6((byte)Icmpv6Type.EchoRequest, 0, 0x0001_0002, TestTransport.Pattern(56)))
            : TestFrames.Ipv4(asker, own, TestTransport.Icmp((byte)IcmpType.EchoRequest, 0, 0x0001_0002, TestTransport.Pattern(56)));
        box.Send("lan", ping);
        Assert.Empty(box.TakeLeft("lan"));
        box.Breathe();
        byte[] answer = Assert.Single(box.TakeLeft("lan"));
        Assert.Equal(host.Mac, MacAddress.Read(answer));
        Assert.Equal(isV6 ? 129 : 0, answer[isV6 ? 54 : 34]);
        Assert.Equal(ping[^60..], answer[^60..]);
        box.MustBeSettled();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Path_MTU_signals_and_traceroute_reach_a_host_that_has_to_be_resolved_first(bool isV6)
    {
        using var box = new LiveBox(Net);
        box.AddHost("lan", isV6 ? Boxes.LanHostV6 : Boxes.LanHost, HostMac);
        byte[] big = isV6
            ? TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2, 1440))
            : TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 1440), ip => ip with { DontFragment = true });
        byte[] old = isV6
            ? TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 33434), ip => ip with { HopLimit = 1 })
            : TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 33434), ip => ip with { TimeToLive = 1 });
        byte[][] told = box.Send("lan", big, old).Breathe().TakeLeft("lan");
        Assert.Equal(2, told.Length);
        Assert.Contains(told, frame => isV6
            ? frame[54] == 2 && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(58)) == 1400
            : (frame[34], frame[35]) == (3, 4) && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(40)) == 1400);
        Assert.Contains(told, frame => isV6 ? frame[54] == 3 : frame[34] == 11);
        box.MustBeSettled();
    }

    [Fact]
    public void A_sub_port_resolves_by_its_tag()
    {
        using var box = new LiveBox(Net);
        int said = box.Said.Count;
        byte[] frame = TestFrames.Ipv4(Boxes.Outside, "192.168.5.9", TestTransport.Udp(1, 2, 8));
        box.Send("wan", frame).Breathe();
        byte[] asked = Assert.Single(box.Said.Skip(said)).Frame;
        Assert.Equal(5, BinaryPrimitives.ReadUInt16BigEndian(asked.AsSpan(14)));
        var mac = new MacAddress(HostMac);
        box.Hear("lan", TestFrames.Tagged(Messages.Arp(ArpOperation.Reply, mac, "192.168.5.9", "192.168.5.1", Boxes.LanMac), 5)).Breathe();
        byte[] left = Assert.Single(box.TakeLeft("lan"));
        Assert.Equal((mac, 5), (MacAddress.Read(left), BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(14))));
    }

    [Fact]
    public void Frames_of_ARP_on_a_data_queue_are_taken_in_silence()
    {
        using var box = new LiveBox(Net);
        int said = box.Said.Count;
        box.Send("lan", Messages.Arp(ArpOperation.Request, TestFrames.Host, "192.168.1.10", "192.168.1.1"));
        Assert.Equal((1, 0, said), (box.Accounts.Consumed, box.Accounts.Generated, box.Said.Count));
        box.Hear("lan", Messages.Arp(ArpOperation.Request, TestFrames.Host, "192.168.1.10", "192.168.1.1"));
        Assert.Equal(said + 1, box.Said.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Translated_flows_wait_and_go_on_by_the_short_way(int vcpus)
    {
        using var box = new LiveBox(Net + Boxes.Ruleset + Nat, vcpus);
        SimulatedHost gateway = box.AddHost("wan", "203.0.113.1", GatewayMac);
        byte[][] sent = [.. Enumerable.Range(0, 20).Select(Question)];
        box.Send("lan", sent[..3]).Breathe();
        foreach (byte[] frame in sent[3..]) box.Send("lan", frame);
        byte[][] left = box.TakeLeft("wan");
        Assert.Equal(20, left.Length);
        Assert.All(left, frame => Assert.Equal(gateway.Mac, MacAddress.Read(frame)));
        Assert.All(left, frame => Assert.Equal(TestFrames.V4("203.0.113.2"), Ipv4Address.Read(frame.AsSpan(26))));
        Assert.Equal(Enumerable.Range(0, 20), left.Select(frame => BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(42))));
        Assert.InRange(box.Node.Workers.Sum(worker => worker.Counters.Express), 10, 19);

        // The short way sees another MAC address at once.
        gateway.Mac = new MacAddress(0x0200_0000_0a02);
        box.Hear("wan", Messages.Arp(ArpOperation.Request, gateway.Mac, "203.0.113.1", "203.0.113.1"));
        long express = box.Node.Workers.Sum(worker => worker.Counters.Express);
        box.Send("lan", Question(20));
        Assert.Equal(gateway.Mac, MacAddress.Read(Assert.Single(box.TakeLeft("wan"))));
        Assert.Equal(express + 1, box.Node.Workers.Sum(worker => worker.Counters.Express));

        // And it goes to nobody who is known no more: the frame waits for an answer, as the first did.
        var wan = new PortId((ushort)box.Node.Configuration.FindPort("wan")!.Index);
        box.Neighbours.OnLink(wan, isUp: false, box.Now);
        box.Neighbours.OnLink(wan, isUp: true, box.Now);
        box.Send("lan", Question(21)).Breathe();
        Assert.Equal(gateway.Mac, MacAddress.Read(Assert.Single(box.TakeLeft("wan"))));
        box.MustBeSettled();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_translated_frame_that_nobody_takes_is_told_of_as_its_sender_knows_it(int vcpus)
    {
        using var box = new LiveBox(Net + Boxes.Ruleset + Nat, vcpus);
        box.AddHost("lan", Boxes.LanHost, HostMac);
        byte[] question = Question(0);
        byte[] told = Assert.Single(box.Send("lan", question).Wait(4 * LiveBox.Second).TakeLeft("lan"));
        Assert.Equal((3, 1), (told[34], told[35]));
        Assert.Equal(TestFrames.V4(Boxes.LanHost), Ipv4Address.Read(told.AsSpan(30)));
        Assert.Equal(question[14..], told[42..]);
        box.MustBeSettled();
    }

    [Fact]
    public void Of_a_state_that_has_ended_meanwhile_nobody_is_told()
    {
        using var box = new LiveBox(Net + Boxes.Ruleset + "set timeout { udp.first 1, udp.single 1 }\n" + Nat);
        box.AddHost("lan", Boxes.LanHost, HostMac);
        box.Send("lan", Question(0)).Wait(4 * LiveBox.Second);
        Assert.Empty(box.TakeLeft("lan"));
        Assert.Equal(1, box.Accounts.Drops["no-neighbour"]);
        box.MustBeSettled();
    }

    [Fact]
    public void The_short_way_keeps_a_stale_neighbour_confirmed()
    {
        using var box = new LiveBox(Net + Boxes.Ruleset + Nat);
        SimulatedHost gateway = box.AddHost("wan", "203.0.113.1", GatewayMac);
        int number = 0;
        for (; number < 300; number++) box.Send("lan", Question(number)).Wait(LiveBox.Second);
        Assert.Equal(300, box.TakeLeft("wan").Length);
        Assert.InRange(gateway.Asked, 5, 20);                           // each time that REACHABLE had ended
        Assert.InRange(box.Node.Workers.Sum(worker => worker.Counters.Express), 290, 300);

        // And notices when it is gone: the next are refused on arrival, with an error that the asker understands.
        box.AddHost("lan", Boxes.LanHost, HostMac);
        gateway.IsSilent = true;
        for (; number < 400; number++) box.Send("lan", Question(number)).Wait(LiveBox.Second);
        Assert.True(box.Row("203.0.113.1")!.State is NeighbourState.Failed or NeighbourState.Incomplete);
        byte[][] told = [.. Left(box, "lan").Where(frame => frame[34] == 3)];
        Assert.NotEmpty(told);
        Assert.All(told, error => Assert.Equal(TestFrames.V4(Boxes.LanHost), Ipv4Address.Read(error.AsSpan(54))));
        gateway.IsSilent = false;
        box.ForgetLeft();
        box.Wait(8 * LiveBox.Second);
        box.ForgetLeft();
        box.Send("lan", Question(number)).Wait(5 * LiveBox.Second);
        Assert.Single(box.TakeLeft("wan"));
    }

    [Fact]
    public void A_reload_keeps_what_was_learned()
    {
        using var box = new LiveBox(Net);
        SimulatedHost gateway = box.AddHost("wan", "203.0.113.1", GatewayMac);
        box.Send("lan", Question(0)).Breathe();
        int said = box.Said.Count;
        box.Node.Apply(Box.ModelOf(Net.Replace("192.168.1.1/24", "192.168.1.1/24, 192.168.9.1/24", StringComparison.Ordinal)));
        box.Breathe().ForgetLeft();
        box.Send("lan", Question(1));
        Assert.Single(box.TakeLeft("wan"));
        Assert.Equal(1, gateway.Asked);
        (PortId, byte[] Frame) announced = Assert.Single(box.Said.Skip(said));
        Assert.Equal(TestFrames.V4("192.168.9.1"), Ipv4Address.Read(announced.Frame.AsSpan(28)));

        // A neighbour that is configured from now on is no longer asked for.
        box.Node.Apply(Box.ModelOf(Net + "  - {port: wan, address: 203.0.113.1, mac: \"02:00:00:00:00:99\"}\n"));
        box.Breathe().Send("lan", Question(2));
        Assert.Equal(new MacAddress(0x0200_0000_0099), MacAddress.Read(Assert.Single(box.TakeLeft("wan"))));
        Assert.True(box.Row("203.0.113.1")!.IsFixed);
    }

    /// <summary>What waits is dropped when its bucket goes to another worker: it could not stay in order with what comes there.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Frames_that_wait_stay_accounted_for_when_their_buckets_move(int vcpus)
    {
        using var box = new LiveBox(Net, vcpus);
        box.AddHost("wan", "203.0.113.1", GatewayMac).IsSilent = true;
        const int Places = 48;                                           // of each worker, for one neighbour
        int sent = 2 * vcpus * Places;
        for (int i = 0; i < sent; i++) box.Send("lan", Question(i, (ushort)(2000 + i)));
        long held = box.Node.FramesHeld;
        Assert.InRange(held, Places, vcpus * Places);
        var owners = new ushort[box.Node.Steering.Table.Buckets];
        for (int i = 0; i < owners.Length; i++) owners[i] = (ushort)((box.Node.Steering.Table.OwnerOf((ushort)i) + 1) % vcpus);
        Assert.True(box.Node.TryMoveBuckets(new IndirectionTable([.. owners])));
        box.Breathe().MustBeSettled();
        Assert.Equal(sent, box.Accounts.Drops["no-neighbour"]);
    }

    private static byte[] Question(int number) => Question(number, 2000);

    private static byte[] Question(int number, ushort port)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53, payload));
    }

    private static IEnumerable<byte[]> Left(LiveBox box, string port) =>
        box.Log.SentBy(box.Node.Configuration.FindPort(port)!.Index);
}

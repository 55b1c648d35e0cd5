using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Routing;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// A whole live node: frames wait for their neighbour, leave in order when it answers, and are dropped with an error when it does not.
/// </summary>
public sealed class ResolutionTests
{
    private const ulong GatewayMac = 0x0200_0000_0a01;

    private static readonly string NarrowWan = Boxes.Routed.Replace("  wan: {", "  wan: {mtu: 1300, ", StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Frames_wait_for_their_gateway_and_leave_in_order(int vcpus)
    {
        using var box = new LiveBox(Boxes.Routed, vcpus);
        SimulatedHost v4 = box.AddHost("wan", "203.0.113.1", GatewayMac), v6 = box.AddHost("wan", "2001:db8:2::1", GatewayMac);
        byte[][] sent = [.. Enumerable.Range(0, 6).Select(i => OutV4(1000, i)), .. Enumerable.Range(0, 6).Select(i => OutV6(1000, i))];
        box.Send("lan", sent);
        Assert.Empty(box.TakeLeft("wan"));
        box.Breathe();
        byte[][] left = box.TakeLeft("wan");
        byte[][] expected = [.. sent.Select(frame => ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.Gateway))];
        Assert.Equal(expected.Where(IsV4), left.Where(IsV4));
        Assert.Equal(expected.Where(frame => !IsV4(frame)), left.Where(frame => !IsV4(frame)));
        Assert.Equal((1, 1), (v4.Asked, v6.Asked));
        box.MustBeSettled();

        // From here on nothing waits.
        box.Send("lan", sent);
        Assert.Equal(12, box.TakeLeft("wan").Length);
        Assert.Equal((1, 1), (v4.Asked, v6.Asked));
    }

    /// <summary>As all falls that its workers hold: another may have taken over.</summary>
    [Fact]
    public void What_waits_when_the_box_has_slept_falls_as_standby()
    {
        using var box = new LiveBox(Boxes.Routed);
        var lease = new ActingLease();
        foreach (Worker worker in box.Node.Workers) worker.Lease = lease;
        box.Send("lan", OutV4(1000, 0), OutV4(1000, 1));
        lease.Lapse();
        box.Breathe();
        Assert.Equal([KeyValuePair.Create("standby", 2L)], box.Accounts.Drops.Where(dropped => dropped.Value > 0));
        Assert.Empty(box.TakeLeft("wan"));
        box.MustBeSettled();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Many_flows_to_many_hosts_keep_their_order_while_hosts_answer(int vcpus)
    {
        using var box = new LiveBox(Boxes.Routed, vcpus);
        for (int host = 0; host < 20; host++) box.AddHost("lan", $"192.168.1.{100 + host}", 0x0200_0000_2000UL + (ulong)host);
        byte[][] sent = [.. Enumerable.Range(0, 800).Select(i => TestFrames.Ipv4(
            Boxes.Outside, $"192.168.1.{100 + (i % 20)}", TestTransport.Udp((ushort)(1000 + (i % 40)), 53, Number(i))))];
        foreach (byte[][] burst in sent.Chunk(60)) box.Send("wan", burst).Breathe();
        box.Breathe();
        byte[][] left = box.TakeLeft("lan");
        Assert.Equal(sent.Length, left.Length);
        foreach (IGrouping<ushort, byte[]> flow in left.GroupBy(frame => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(34))))
        {
            int[] numbers = [.. flow.Select(frame => BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(42)))];
            Assert.Equal(numbers.Order(), numbers);
        }

        Assert.All(box.Hosts, host => Assert.Equal(1, host.Asked));
        box.MustBeSettled();
    }

    [Fact]
    public void One_unresolved_host_is_asked_for_once_a_second_and_three_times()
    {
        using var box = new LiveBox(Boxes.Routed);
        int before = box.Said.Count;
        for (int i = 0; i < 30; i++) box.Send("wan", ToLan("192.168.1.77", i)).Wait(100 * LiveBox.Millisecond);
        byte[][] asked = [.. box.Said.Skip(before).Select(said => said.Frame).Where(frame => IsRequestFor(frame, "192.168.1.77"))];
        Assert.Equal(3, asked.Length);
        Assert.All(asked, frame => Assert.Equal(MacAddress.Broadcast, MacAddress.Read(frame)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Who_sends_to_a_host_that_does_not_answer_is_told_so(int vcpus)
    {
        using var box = new LiveBox(Boxes.Routed, vcpus);
        box.AddHost("wan", "203.0.113.1", GatewayMac);
        box.AddHost("wan", "2001:db8:2::1", GatewayMac);
        byte[] v4 = ToLan("192.168.1.77", 1);
        byte[] v6 = TestFrames.Ipv6(Boxes.OutsideV6, "2001:db8:1::77", TestTransport.Udp(1, 2, 8));
        box.Send("wan", v4, v6).Wait(2900 * LiveBox.Millisecond);
        Assert.Empty(box.TakeLeft("wan"));
        Assert.Equal(0, box.Accounts.Dropped);
        box.Wait(LiveBox.Second);
        byte[][] told = box.TakeLeft("wan");
        Assert.Equal(2, told.Length);
        byte[] error4 = Assert.Single(told, IsV4), error6 = Assert.Single(told, frame => !IsV4(frame));
        Assert.Equal((3, 1), (error4[34], error4[35]));                 // ICMP host unreachable
        Assert.Equal(v4[14..], error4[42..]);                           // quotes it as it came
        Assert.Equal((1, 3), (error6[54], error6[55]));                 // ICMPv6 address unreachable
        Assert.Equal(v6[14..], error6[62..]);
        Assert.Equal(2, box.Accounts.Drops["no-neighbour"]);
        box.Wait(3 * LiveBox.Second).MustBeSettled();
    }

    [Fact]
    public void While_a_host_counts_as_gone_frames_to_it_are_refused_at_once()
    {
        using var box = new LiveBox(Boxes.Routed);
        box.AddHost("wan", "203.0.113.1", GatewayMac);
        box.Send("wan", ToLan("192.168.1.77", 1)).Wait(3200 * LiveBox.Millisecond);
        Assert.Equal(NeighbourState.Failed, box.Row("192.168.1.77")!.State);
        Assert.Single(box.TakeLeft("wan"));
        box.Send("wan", ToLan("192.168.1.77", 2)).Breathe();
        Assert.Single(box.TakeLeft("wan"));
        Assert.Equal(2, box.Accounts.Drops["no-neighbour"]);

        // It was wanted meanwhile, so it is asked for again when the pause is over, and has come back.
        box.AddHost("lan", "192.168.1.77", 0x0200_0000_3000);
        box.Wait(1500 * LiveBox.Millisecond);
        Assert.Equal(NeighbourState.Reachable, box.Row("192.168.1.77")!.State);
        box.Send("wan", ToLan("192.168.1.77", 3));
        Assert.Single(box.TakeLeft("lan"));
        box.MustBeSettled();
    }

    [Fact]
    public void Of_many_frames_for_one_host_the_newest_wait_as_many_as_the_longest_datagram_has_fragments()
    {
        using var box = new LiveBox(Boxes.Routed);
        SimulatedHost host = box.AddHost("lan", "192.168.1.77", 0x0200_0000_3000);
        byte[][] sent = [.. Enumerable.Range(0, 70).Select(i => ToLan("192.168.1.77", i))];
        box.Send("wan", sent);
        Assert.Equal(22, box.Accounts.Drops["no-neighbour"]);
        Assert.Equal(48, box.Node.FramesHeld);
        box.Breathe();
        Assert.Equal(
            sent[22..].Select(frame => ForwardingTwin.Forward(frame, Boxes.LanMac, host.Mac)), box.TakeLeft("lan"));
        box.MustBeSettled();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_scan_leaves_no_more_than_512_frames_waiting_in_a_worker(int vcpus)
    {
        using var box = new LiveBox(Boxes.Routed, vcpus);
        for (int i = 0; i < 2000; i++)
        {
            box.Send("wan", ToLan($"192.168.1.{2 + (i % 250)}", i), TestFrames.Ipv6(Boxes.OutsideV6, $"2001:db8:1::{i + 2:x}",
                TestTransport.Udp(1, 2, 8)));
        }

        Assert.InRange(box.Node.FramesHeld, 400, 512 * vcpus);
        Assert.Equal(4000, box.Accounts.Received);
        box.Wait(12 * LiveBox.Second).MustBeSettled();
        NodeAccounts accounts = box.Accounts;                           // nor is the gateway there, to which the errors go
        Assert.Equal((0, 4000 + accounts.Generated), (accounts.Transmitted, accounts.Drops["no-neighbour"]));
    }

    /// <summary>Segments that were coupled to a train wait one by one: no train outlives its breath.</summary>
    [Fact]
    public void A_train_waits_as_the_frames_that_it_was_made_of()
    {
        using var box = new LiveBox(Boxes.Routed);
        SimulatedHost gateway = box.AddHost("wan", "203.0.113.1", GatewayMac);
        byte[][] sent = [.. Enumerable.Range(0, 5).Select(i => TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Tcp(
            new TcpFields
            {
                SourcePort = 1000, DestinationPort = 80, Flags = TcpFlags.Ack, Window = 1000, AcknowledgmentNumber = 7,
                SequenceNumber = 100 + ((uint)i * 64),
            },
            TestTransport.Pattern(64)), ip => ip with { Identification = (ushort)i, DontFragment = true }))];
        box.Send("lan", sent);
        Assert.Equal(5, box.Accounts.LroSegments);
        Assert.Equal(5, box.Node.FramesHeld);
        box.Breathe();
        Assert.Equal(sent.Select(frame => ForwardingTwin.Forward(frame, Boxes.WanMac, gateway.Mac)), box.TakeLeft("wan"));
        box.MustBeSettled();
    }

    [Fact]
    public void A_stale_neighbour_is_used_while_it_is_asked()
    {
        using var box = new LiveBox(Boxes.Routed);
        SimulatedHost host = box.AddHost("lan", "192.168.1.77", 0x0200_0000_3000);
        box.Send("wan", ToLan("192.168.1.77", 1)).Breathe();
        box.Wait(60 * LiveBox.Second, LiveBox.Second);
        Assert.Equal(NeighbourState.Stale, box.Row("192.168.1.77")!.State);
        box.ForgetLeft();
        int asked = host.Asked;
        box.Send("wan", ToLan("192.168.1.77", 2));
        Assert.Single(box.TakeLeft("lan"));
        box.Breathe();
        Assert.Equal(NeighbourState.Delay, box.Row("192.168.1.77")!.State);
        box.Wait(4 * LiveBox.Second);
        Assert.Equal(asked, host.Asked);
        box.Wait(2 * LiveBox.Second);
        Assert.Equal(asked + 1, host.Asked);
        Assert.Equal(NeighbourState.Reachable, box.Row("192.168.1.77")!.State);
        byte[] probe = box.Said.Last(said => IsRequestFor(said.Frame, "192.168.1.77")).Frame;
        Assert.Equal(host.Mac, MacAddress.Read(probe));                 // unicast
    }

    [Fact]
    public void A_stale_neighbour_is_spoken_of_once_and_leaves_room_for_other_questions()
    {
        using var box = new LiveBox(Boxes.Routed);
        box.Hear("lan", Messages.Arp(ArpOperation.Request, TestFrames.Host, "192.168.1.77", "192.168.1.1"));
        Assert.Equal(NeighbourState.Stale, box.Row("192.168.1.77")!.State);
        EnterUntended(box, Enumerable.Range(0, 2 * NeighbourExchange.QuestionCapacity).Select(number => ToLan("192.168.1.77", number)));
        EnterUntended(box, [ToLan("192.168.1.78", 0)]);
        box.Breathe();
        Assert.Contains(box.Said, said => IsRequestFor(said.Frame, "192.168.1.78"));
        Assert.Equal(NeighbourState.Delay, box.Row("192.168.1.77")!.State);
    }

    [Fact]
    public void Who_found_no_room_for_a_question_asks_with_the_next_frame()
    {
        using var box = new LiveBox(Boxes.Routed);
        string[] hosts = [.. Enumerable.Range(10, NeighbourExchange.QuestionCapacity + 1).Select(host => $"2001:db8:1::{host}")];
        EnterUntended(box, hosts.Select(ToLanV6));
        box.Breathe();
        Assert.NotNull(box.Row(hosts[^2]));
        Assert.Null(box.Row(hosts[^1]));
        box.Send("wan", ToLanV6(hosts[^1]));
        Assert.NotNull(box.Row(hosts[^1]));
    }

    [Fact]
    public void Frames_that_the_control_side_says_nothing_about_end_after_five_seconds()
    {
        using var box = new LiveBox(Boxes.Routed);
        EnterUntended(box, [ToLan("192.168.1.77", 0)]);
        box.Node.Step(box.Now + (49 * LiveBox.Second / 10));
        Assert.Equal(1, box.Node.FramesHeld);
        while (box.Node.Step(box.Now + (5 * LiveBox.Second)) > 0) { }
        Assert.Equal((0, 1), (box.Node.FramesHeld, box.Accounts.Drops["no-neighbour"]));
    }

    [Fact]
    public void A_used_neighbour_that_goes_away_is_noticed()
    {
        using var box = new LiveBox(Boxes.Routed);
        box.AddHost("wan", "203.0.113.1", GatewayMac);
        SimulatedHost host = box.AddHost("lan", "192.168.1.77", 0x0200_0000_3000);
        box.Send("wan", ToLan("192.168.1.77", 1)).Breathe();
        host.IsSilent = true;
        for (int second = 0; second < 60; second++) box.Send("wan", ToLan("192.168.1.77", second)).Wait(LiveBox.Second);
        box.ForgetLeft();
        box.Send("wan", ToLan("192.168.1.77", 100)).Wait(4 * LiveBox.Second);
        byte[][] told = box.TakeLeft("wan");
        Assert.NotEmpty(told);
        Assert.All(told, error => Assert.Equal((3, 1), (error[34], error[35])));
        var notices = new List<NeighbourNoticeKind>();
        box.Neighbours.ReadNotices(notice => notices.Add(notice.Kind));
        Assert.Contains(NeighbourNoticeKind.Unreachable, notices);
    }

    [Fact]
    public void A_neighbour_with_another_MAC_address_gets_the_next_frame()
    {
        using var box = new LiveBox(Boxes.Routed);
        SimulatedHost host = box.AddHost("lan", "192.168.1.77", 0x0200_0000_3000);
        box.Send("wan", ToLan("192.168.1.77", 1)).Breathe();
        Assert.Equal(host.Mac, MacAddress.Read(Assert.Single(box.TakeLeft("lan"))));
        host.Mac = new MacAddress(0x0200_0000_3001);
        box.Hear("lan", Messages.Arp(ArpOperation.Request, host.Mac, "192.168.1.77", "192.168.1.77"));     // it announces itself
        box.Send("wan", ToLan("192.168.1.77", 2));
        Assert.Equal(host.Mac, MacAddress.Read(Assert.Single(box.TakeLeft("lan"))));
    }

    [Fact]
    public void A_configured_neighbour_is_never_asked_for_and_never_overridden()
    {
        using var box = new LiveBox(Boxes.Edge);
        int said = box.Said.Count;
        box.Hear("wan", Messages.Arp(ArpOperation.Request, TestFrames.Host, "203.0.113.1", "203.0.113.2"));
        box.Send("lan", OutV4(1, 1), OutV6(1, 1)).Breathe();
        Assert.All(box.TakeLeft("wan"), frame => Assert.Equal(Boxes.Gateway, MacAddress.Read(frame)));
        Assert.Equal(said + 1, box.Said.Count);                         // the answer
        Assert.True(box.Row("203.0.113.1")!.IsFixed);
    }

    [Fact]
    public void Fragments_made_here_wait_together()
    {
        using var box = new LiveBox(NarrowWan);
        box.AddHost("wan", "203.0.113.1", GatewayMac);
        byte[] big = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 1400));
        box.Send("lan", big);
        Assert.Equal(2, box.Node.FramesHeld);
        box.Breathe();
        Assert.Equal(2, box.TakeLeft("wan").Length);
        box.MustBeSettled();

        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, "192.168.1.77", TestTransport.Udp(1, 2, 1400)));
        box.Wait(6 * LiveBox.Second);
        box.ForgetLeft();
        box.MustBeSettled();
    }

    [Fact]
    public void Fragments_that_nobody_takes_are_all_accounted_for()
    {
        using var box = new LiveBox(NarrowWan);
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 1400)));
        box.Wait(8 * LiveBox.Second).MustBeSettled();
        Assert.InRange(box.Accounts.Drops["no-neighbour"], 2, 3);       // two fragments, and the error to a host that is not there
    }

    private static byte[] OutV4(ushort port, int number) =>
        TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53, Number(number)));

    private static byte[] OutV6(ushort port, int number) =>
        TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(port, 53, Number(number)));

    private static byte[] ToLan(string host, int number) => TestFrames.Ipv4(Boxes.Outside, host, TestTransport.Udp(7, 53, Number(number)));

    private static byte[] ToLanV6(string host) => TestFrames.Ipv6(Boxes.OutsideV6, host, TestTransport.Udp(7, 53, Number(0)));

    /// <summary>The worker breathes, and nobody takes its questions.</summary>
    private static void EnterUntended(LiveBox box, IEnumerable<byte[]> frames)
    {
        foreach (byte[][] burst in frames.Chunk(Box.BurstFrames))
        {
            foreach (byte[] frame in burst) box.Enter("wan", frame);
            while (box.Node.Step(box.Now) > 0) { }
        }
    }

    private static byte[] Number(int number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static bool IsV4(byte[] frame) => frame[12] == 8;

    private static bool IsRequestFor(byte[] frame, string address) =>
        frame[12] == 8 && frame[13] == 6 && Ipv4Address.Read(frame.AsSpan(38)) == TestFrames.V4(address);
}

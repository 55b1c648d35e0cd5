using System.Text.Json;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>States that are read, and states that are killed by what they match.</summary>
public sealed class StateRequestTests
{
    private const string Gate = Boxes.Edge + Boxes.Ruleset + """
        block all
        table <bad> { 198.51.100.7 }
        pass in on lan proto tcp label web
        pass in on lan proto udp label dns
        pass in on lan inet proto icmp
        pass in on lan inet6 proto ipv6-icmp
        pass out on wan label "out"

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_state_is_told_as_show_states_tells_it(int vcpus)
    {
        using var box = new Box(Gate, vcpus);
        box.Send("lan", Tcp(40_000)).Forwarded("wan");
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.EchoRequest(77))).Forwarded("wan");
        box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(5000, 53, 8))).Forwarded("wan");
        box.Send("wan", TestFrames.Ipv6(Boxes.OutsideV6, Boxes.LanHostV6, TestTransport.Udp(53, 5000, 20))).Forwarded("lan");
        box.Wait(7_500_000_000);
        string[] lines = [.. Read(box).Select(state =>
            $"{state.Protocol} {state.Direction} {state.Port} {state.Source} {state.Destination} {state.Gateway ?? "-"} {state.State} "
                + $"{state.Packets} {state.Bytes} {state.AgeSeconds} {state.ExpiresSeconds} {state.Rule}").Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "icmp in lan 192.168.1.10:77 198.51.100.7:77 - 0:0 (1, 0) (60, 0) 7 12 box.pf.conf:5",
                "icmp out wan 192.168.1.10:77 198.51.100.7:77 - 0:0 (1, 0) (60, 0) 7 12 out",
                "tcp in lan 192.168.1.10:40000 198.51.100.7:443 - SYN_SENT:CLOSED (1, 0) (40, 0) 7 112 web",
                "tcp out wan 192.168.1.10:40000 198.51.100.7:443 - SYN_SENT:CLOSED (1, 0) (40, 0) 7 112 out",
                "udp in lan [2001:db8:1::10]:5000 [2001:db8:ffff::7]:53 - MULTIPLE:SINGLE (1, 1) (56, 68) 7 22 dns",
                "udp out wan [2001:db8:1::10]:5000 [2001:db8:ffff::7]:53 - MULTIPLE:SINGLE (1, 1) (56, 68) 7 22 out",
            ],
            lines);
        StateReading reading = Finish(box, box.Node.ReadStates());
        using JsonDocument json = JsonDocument.Parse(StateJson.Render(reading.States));
        Assert.Equal(
            [
                "protocol", "direction", "port", "source", "destination", "gateway", "state", "packets", "bytes", "ageSeconds",
                "expiresSeconds", "vcpu", "rule", "id",
            ],
            json.RootElement[0].EnumerateObject().Select(property => property.Name));
    }

    /// <summary>A slow terminal, say; an operator who kills states meanwhile does not wait for it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Who_takes_nothing_off_keeps_no_other_request_waiting_and_gets_all_when_he_does(int vcpus)
    {
        using var box = new Box(Gate, vcpus);
        for (ushort port = 40_000; port < 40_100; port++) box.Send("lan", Tcp(port)).Forwarded("wan");
        SlowSink slow = new(), slower = new();
        StateReading first = box.Node.ReadStates(slow), second = box.Node.ReadStates(slower);
        box.Node.StepUntilIdle(box.Now);
        StateKill kill = Finish(box, box.Node.KillStates(new StateFilter { SourcePort = 40_000 }));
        Assert.Equal((2, false, false), (kill.Killed, first.IsDone, second.IsDone));
        slower.HasRoom = true;
        Finish(box, second);
        Assert.Equal((198, false), (slower.Taken, first.IsDone));
        slow.HasRoom = true;
        Finish(box, first);
        Assert.Equal(198, slow.Taken);
    }

    [Fact]
    public void States_whose_time_is_up_are_not_told()
    {
        using var box = new Box(Gate);
        box.Send("lan", Udp(5000)).Forwarded("wan");
        box.Wait(61_000_000_000);
        StateReading reading = box.Node.ReadStates();
        box.Node.Tend(box.Now);
        foreach (Engine.Worker worker in box.Node.Workers) worker.Step(new Engine.MonotonicTime(1_000_000_000));       // no timer yet
        box.Node.Tend(box.Now);
        Finish(box, reading);
        Assert.Empty(reading.States);
    }

    public static TheoryData<string, StateFilter, int> Filters => new()
    {
        { "everything", new StateFilter(), 40 },
        { "host", new StateFilter { Source = Prefix("192.168.1.10/32") }, 40 },
        { "network", new StateFilter { Source = Prefix("10.0.0.0/8") }, 0 },
        { "host to host", new StateFilter { Source = Prefix("192.168.1.0/24"), Destination = Prefix("198.51.100.7/32") }, 40 },
        { "the other way", new StateFilter { Source = Prefix("198.51.100.7/32") }, 0 },
        { "protocol", new StateFilter { Protocol = IpProtocol.Tcp }, 20 },
        { "port", new StateFilter { SourcePort = 40_003 }, 2 },
        { "destination port", new StateFilter { DestinationPort = 53 }, 20 },
        { "label", new StateFilter { Label = "web" }, 20 },
        { "label of the out-state", new StateFilter { Label = "out" }, 40 },
        { "rule", new StateFilter { Rule = "dns" }, 20 },
        { "no such rule", new StateFilter { Rule = "none" }, 0 },
        { "interface", new StateFilter { Port = "lan", Protocol = IpProtocol.Udp }, 20 },
        { "no such interface", new StateFilter { Port = "dmz" }, 0 },
        { "family", new StateFilter { Family = 6 }, 0 },
        { "table", new StateFilter { Table = "bad" }, 40 },
        { "no such table", new StateFilter { Table = "good" }, 0 },
        { "no gateway", new StateFilter { Gateway = TestFrames.V4("192.168.1.10") }, 0 },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void Connections_are_killed_by_what_they_match_with_both_of_their_states(string name, StateFilter filter, int killed)
    {
        foreach (int vcpus in (int[])[1, 4])
        {
            using var box = new Box(Gate, vcpus);
            for (ushort i = 0; i < 10; i++) box.Send("lan", Tcp((ushort)(40_000 + i)), Udp((ushort)(5000 + i)));
            Assert.Equal((name, killed), (name, Finish(box, box.Node.KillStates(filter)).Killed));
            NodeAccounts accounts = box.Node.ReadAccounts();
            Assert.Equal((40L, (long)killed), (accounts.StatesCreated, accounts.StatesEnded));
            Assert.Equal(40 - killed, Read(box).Count);
            Assert.Equal(40 - killed, box.Node.ReadRules().Sum(rule => rule.States));
        }
    }

    [Fact]
    public void One_state_is_killed_by_its_id_and_its_partner_with_it()
    {
        using var box = new Box(Gate, vcpus: 4);
        for (ushort i = 0; i < 10; i++) box.Send("lan", Udp((ushort)(5000 + i))).Forwarded("wan");
        IReadOnlyList<StateEntry> states = Read(box);
        Assert.Equal(20, states.Select(state => state.Id).Distinct().Count());
        StateEntry chosen = states[13];
        Assert.Equal(2, Finish(box, box.Node.KillStates(new StateFilter { Id = chosen.Id })).Killed);
        Assert.DoesNotContain(Read(box), state => state.Source == chosen.Source);
    }

    [Fact]
    public void Killed_connections_meet_the_rules_again()
    {
        using var box = new Box(Gate);
        box.Send("lan", Udp(5000)).Forwarded("wan");
        Finish(box, box.Node.KillStates(new StateFilter()));
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, 5000, 8))).MustBeDropped("block");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void None_is_missed_while_buckets_move_and_keys_change(int vcpus)
    {
        using var box = new Box(Gate, vcpus);
        var random = new Random(5);
        for (ushort i = 0; i < 3000; i++) box.Send("lan", Udp((ushort)(5000 + i)));
        for (int round = 0; round < 10; round++)
        {
            box.Node.TryMoveBuckets(new Engine.IndirectionTable(
                [.. box.Node.Steering.Table.Owners.Select(_ => (ushort)random.Next(vcpus))]));
            StateReading reading = box.Node.ReadStates();
            for (int breath = 0; !reading.IsDone; breath++)
            {
                box.Node.Tend(box.Now);
                box.Node.TryMoveBuckets(Engine.IndirectionTable.Even(128, vcpus));                 // refused until it is done
                foreach (Engine.Worker worker in box.Node.Workers) worker.Step(box.Now);
                Assert.True(breath < 10_000, "it does not end");
            }

            Assert.Equal(6000, reading.States.Select(state => state.Id).Distinct().Count());
            Assert.Equal(6000, reading.States.Count);
            box.Node.StepUntilIdle(box.Now);
        }

        Assert.Equal(6000, Finish(box, box.Node.KillStates(new StateFilter())).Killed);
    }

    private static IReadOnlyList<StateEntry> Read(Box box) => Finish(box, box.Node.ReadStates()).States;

    private static T Finish<T>(Box box, T request) where T : StateRequest
    {
        box.Node.StepUntilIdle(box.Now);
        Assert.True(request.IsDone);
        return request;
    }

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);

    private static byte[] Tcp(ushort port) =>
        TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Tcp(port, 443, TcpFlags.Syn));

    private static byte[] Udp(ushort port) => TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53, 8));

    private sealed class SlowSink : IStateSink
    {
        public int Taken { get; private set; }

        public bool IsWanted => true;

        public bool HasRoom { get; set; }

        public void Take(IReadOnlyList<StateCopy> states) => Taken += states.Count;
    }
}

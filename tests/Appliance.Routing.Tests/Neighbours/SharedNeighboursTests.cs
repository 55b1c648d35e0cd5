using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Xunit;
using static Appliance.Routing.Tests.Neighbours.ControlRig;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>What one box of a pair knows of its neighbours, and what the other makes of it.</summary>
public sealed class SharedNeighboursTests
{
    private const string Host = "192.168.1.10", HostV6 = "2001:db8:1::10", OtherOwn = "192.168.1.2";

    private static readonly int HostileRounds = TestSize.Of(person: 20_000, server: 100_000, soak: 2_000_000);
    private static readonly int Seeds = TestSize.Of(person: 50, server: 200, soak: 20_000);

    private readonly NeighbourSide _first = new(Own, leads: true), _second = new(OtherOwn);

    [Theory]
    [InlineData(Host)]
    [InlineData(HostV6)]
    public void Whom_one_has_asked_for_the_other_uses_without_a_question(string host)
    {
        _first.Resolve(host);
        Assert.Equal([FlowAdoption.Adopted], _second.TakeFrom(_first));
        Assert.Equal((NeighbourState.Stale, HostMac), _second.Rig.Seen(host));
        Assert.Equal(_first.Digest, _second.Digest);
        _second.Rig.Want(host);
        Assert.Empty(_second.Rig.TakeSent());
        Assert.Equal((NeighbourState.Delay, HostMac), _second.Rig.Seen(host));
        _second.Rig.Wait(6 * Second);
        Assert.Equal(NeighbourState.Probe, _second.Rig.StateOf(host));
        (_, byte[] probe) = Assert.Single(_second.Rig.TakeSent());
        Assert.Equal(HostMac, MacAddress.Read(probe));
    }

    [Fact]
    public void Who_waits_for_one_that_is_told_is_woken()
    {
        _second.Rig.Want(Host, worker: 1);
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        Assert.Equal((NeighbourState.Stale, 2UL), (_second.Rig.StateOf(Host), _second.Rig.Woken));
    }

    [Fact]
    public void Of_a_stranger_to_whom_no_frame_goes_nothing_is_told()
    {
        _first.Rig.HearArp(ArpOperation.Request, Host, Own);
        Assert.Equal(NeighbourState.Stale, _first.Rig.StateOf(Host));
        Assert.Empty(_second.TakeFrom(_first));
        _first.Rig.Want(Host);
        Assert.Equal([FlowAdoption.Adopted], _second.TakeFrom(_first));
    }

    [Fact]
    public void What_the_peer_told_is_not_told_back_until_the_own_wire_says_so()
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        _second.Rig.Want(Host).Wait(6 * Second);
        Assert.Empty(_first.TakeFrom(_second));
        _second.Rig.HearArp(ArpOperation.Reply, Host, OtherOwn, to: Mac);
        Assert.Equal(NeighbourState.Reachable, _second.Rig.StateOf(Host));
        Assert.Equal([FlowAdoption.Adopted], _first.TakeFrom(_second));
        Assert.Equal(_first.Digest, _second.Digest);
        Assert.Equal((1, 1, 1, 1), (_first.Replica.Own, _first.Replica.Peers, _second.Replica.Own, _second.Replica.Peers));
    }

    [Theory]
    [InlineData(false, NeighbourState.Vacant)]
    [InlineData(true, NeighbourState.Delay)]
    public void Who_does_not_answer_one_any_more_is_gone_at_the_other_unless_frames_go_there(bool isUsed, NeighbourState then)
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        if (isUsed) _second.Rig.Want(Host);
        _first.Rig.Wait(50 * Second).Want(Host).Wait(9 * Second);
        Assert.Equal(NeighbourState.Failed, _first.Rig.StateOf(Host));
        Assert.Equal([FlowAdoption.Removed], _second.TakeFrom(_first));
        Assert.Equal(then, _second.Rig.StateOf(Host));
        Assert.Equal((0ul, 0ul), (_first.Digest, _second.Digest));
    }

    /// <summary>It may be in use at the peer all the time; what nobody tells of ages as ever.</summary>
    [Fact]
    public void What_is_told_does_not_grow_old_as_long_as_there_is_a_peer()
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        _second.Rig.Wait(4000 * Second);
        Assert.Equal(NeighbourState.Stale, _second.Rig.StateOf(Host));
        _second.Replica.End();
        _second.Rig.Wait(2500 * Second);
        Assert.Equal(NeighbourState.Vacant, _second.Rig.StateOf(Host));
    }

    /// <summary>It may be back soon, and knows then whom its frames went to; who never is has nobody in use.</summary>
    [Fact]
    public void What_was_told_by_who_is_silent_for_long_grows_old_as_any_other()
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        Pass(minutes: 60);
        Assert.Equal((NeighbourState.Stale, 1), (_second.Rig.StateOf(Host), _second.Replica.Peers));
        _second.HearsPeer = false;
        Pass(minutes: 15);
        Assert.Equal((NeighbourState.Stale, 1), (_second.Rig.StateOf(Host), _second.Replica.Peers));
        Pass(minutes: 30);
        Assert.Equal((NeighbourState.Vacant, 0), (_second.Rig.StateOf(Host), _second.Replica.Peers));
        _second.HearsPeer = true;
        _second.TakeAllOf(_first);
        Assert.Equal((NeighbourState.Stale, HostMac), _second.Rig.Seen(Host));
        Assert.Equal(_first.Digest, _second.Digest);

        void Pass(int minutes)
        {
            for (int i = 0; i < minutes; i++)
            {
                _second.Rig.Wait(60 * Second);
                _second.Replica.Apply(_second.Rig.Now);
            }
        }
    }

    /// <summary>Whoever used it asked for it, as for any that is stale; a peer that is gone does not say that it is there.</summary>
    [Fact]
    public void What_was_told_by_who_is_silent_for_long_and_is_in_use_here_stays_as_long_as_it_answers()
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        _second.HearsPeer = false;
        for (int minute = 0; minute < 60; minute++)
        {
            _second.Rig.Want(Host).Wait(6 * Second);
            if (_second.Rig.StateOf(Host) == NeighbourState.Probe) _second.Rig.HearArp(ArpOperation.Reply, Host, OtherOwn, to: Mac);
            _second.Rig.Wait(54 * Second);
            _second.Replica.Apply(_second.Rig.Now);
            Assert.Equal(HostMac, _second.Rig.Seen(Host).Item2);
        }

        _second.Rig.Want(Host).Wait(20 * Second);
        Assert.Equal(NeighbourState.Vacant, _second.Rig.StateOf(Host));
    }

    /// <summary>It was once in use here, is forgotten here, and the peer has it in use.</summary>
    [Fact]
    public void What_grows_old_here_and_not_at_the_peer_stays()
    {
        _second.Resolve(Host);
        _first.TakeFrom(_second);
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        _second.Rig.Wait(2000 * Second);
        Assert.Equal([FlowAdoption.Removed], _first.TakeFrom(_second));
        Assert.Equal((NeighbourState.Stale, HostMac), _second.Rig.Seen(Host));
    }

    /// <summary>It asked for somebody once, which this box heard like everybody there, and the peer has it in use.</summary>
    [Fact]
    public void Who_was_heard_as_a_stranger_and_is_silent_since_stays_while_the_peer_has_it()
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        _second.Rig.HearArp(ArpOperation.Request, Host, Own);
        _second.Rig.Wait(2000 * Second);
        _second.Tell();
        Assert.Equal((NeighbourState.Stale, HostMac), _second.Rig.Seen(Host));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_host_that_moves_moves_on_both_unless_the_other_knows_better(bool knowsBetter)
    {
        _first.Resolve(Host);
        if (knowsBetter) _second.Resolve(Host);
        _second.TakeFrom(_first);
        _first.Rig.HearArp(ArpOperation.Request, Host, Own, sender: OtherMac);
        Assert.Equal([FlowAdoption.Refreshed], _second.TakeFrom(_first));
        Assert.Equal(knowsBetter ? HostMac : OtherMac, _second.Rig.Seen(Host).Mac);
    }

    [Fact]
    public void Who_is_no_neighbour_here_is_remembered_and_not_used()
    {
        string[] others = [OtherOwn, Fixed, Virtual];
        foreach (string other in others) _second.Take(FlowChange.Made, Record("lan", other));
        _second.Take(FlowChange.Made, Record("lan", "10.77.0.1"));
        _second.Take(FlowChange.Made, Record("dmz", Host));
        Assert.Equal(5, _second.Replica.Peers);
        Assert.All(_second.Rig.Control.ReadNeighbours(), row => Assert.True(row.IsFixed));
        _second.Rig.Control.Adopt(_second.Rig.Facts(["10.77.0.2/24"]), _second.Rig.Now);
        _second.Replica.Apply(_second.Rig.Now);
        Assert.Equal(NeighbourState.Stale, _second.Rig.StateOf("10.77.0.1"));
        Assert.Equal(NeighbourState.Vacant, _second.Rig.StateOf(OtherOwn));
    }

    [Fact]
    public void A_link_that_was_away_has_them_again()
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        _second.Rig.Control.OnLink(new PortId(Lan), isUp: false, _second.Rig.Now);
        Assert.Equal(NeighbourState.Vacant, _second.Rig.StateOf(Host));
        _second.Rig.Control.OnLink(new PortId(Lan), isUp: true, _second.Rig.Now);
        _second.Replica.Apply(_second.Rig.Now);
        Assert.Equal((NeighbourState.Stale, HostMac), _second.Rig.Seen(Host));
    }

    [Fact]
    public void What_is_not_named_when_all_is_told_is_gone()
    {
        _second.MayPeerLack = false;
        for (int host = 10; host < 20; host++) _first.Resolve($"192.168.1.{host}");
        _second.TakeFrom(_first);
        _second.Take(FlowChange.Made, Record("lan", "192.168.1.99"));
        Assert.NotEqual(_first.Digest, _second.Digest);
        Assert.Equal(1, _second.TakeAllOf(_first));
        Assert.Equal(_first.Digest, _second.Digest);
        Assert.Equal((NeighbourState.Vacant, 10), (_second.Rig.StateOf("192.168.1.99"), _second.Replica.Peers));
    }

    [Fact]
    public void What_a_peer_that_has_begun_anew_does_not_name_is_known_by_this_box_alone()
    {
        for (int host = 10; host < 20; host++) _first.Resolve($"192.168.1.{host}");
        _second.TakeFrom(_first);
        _second.Take(FlowChange.Made, Record("lan", "192.168.1.99"));
        Assert.NotEqual(_first.Digest, _second.Digest);
        Assert.Equal(1, _second.TakeAllOf(_first));
        Assert.Equal((10, 1), (_second.Replica.Peers, _second.Replica.Own));
        Assert.NotEqual(_first.Digest, _second.Digest);
        Assert.Equal([FlowAdoption.Adopted], _first.TakeFrom(_second));
        Assert.Equal(_first.Digest, _second.Digest);
        Assert.Equal(NeighbourState.Stale, _first.Rig.StateOf("192.168.1.99"));
    }

    /// <summary>The same hosts, each box's own and neither told: the sums must not be equal by that.</summary>
    [Fact]
    public void What_both_know_for_themselves_is_not_taken_for_told()
    {
        _first.Resolve(Host);
        _second.Resolve(Host);
        _first.Tell();
        _second.Tell();
        Assert.NotEqual(_first.Digest, _second.Digest);
    }

    [Fact]
    public void Records_of_newer_programs_are_read_as_far_as_they_are_known_and_damaged_ones_are_none()
    {
        byte[] record = Record("lan", Host);
        Assert.Equal(FlowAdoption.Adopted, _second.Take(FlowChange.Made, [.. record, 200, 3, 1, 2, 3]));
        Assert.Equal(FlowAdoption.Missing, _first.Take(FlowChange.Ended, record));
        byte[] newer = [.. record];
        newer[0]++;
        Assert.Equal(FlowAdoption.UnknownVersion, _second.Take(FlowChange.Made, newer));
        for (int length = 0; length < record.Length; length++)
            Assert.Equal(FlowAdoption.Malformed, _second.Take(FlowChange.Made, record[..length]));
        Assert.Equal(FlowAdoption.Malformed, _second.Take(FlowChange.Made, Record("lan", Host, new MacAddress(0x0100_5e00_0001))));
        Assert.Equal(FlowAdoption.Malformed, _second.Take(FlowChange.Made, Record("lan", "224.0.0.1")));
    }

    [Fact]
    public void Hostile_records_cost_no_more_than_a_book()
    {
        var random = new Random(TestSize.Seed(21));
        var outcomes = new Dictionary<FlowAdoption, int>();
        for (int round = 0; round < HostileRounds; round++)
        {
            byte[] record = Record(
                random.Next(3) == 0 ? $"port{random.Next()}" : "lan", $"192.168.{random.Next(2)}.{random.Next(256)}",
                new MacAddress((ulong)random.NextInt64(1L << 48)));
            if (random.Next(3) == 0) record[random.Next(record.Length)] ^= (byte)(1 << random.Next(8));
            FlowAdoption outcome = _second.Take((FlowChange)random.Next(1, 4), record);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (round % 997 == 0) _second.Replica.BeginWhole(0);
            if (round % 9_970 == 0) _second.Replica.EndWhole(0);
        }

        Assert.True(outcomes.Count >= 5, string.Join(' ', outcomes));
        Assert.InRange(_second.Replica.Peers, 1, NeighbourBook.MaxCount);
        _second.Replica.BeginWhole(0);
        _second.Replica.EndWhole(0);
        Assert.Equal(0, _second.Replica.Peers);
        _second.Rig.Wait(1300 * Second);
        _second.Tell();
        Assert.Equal((0, 0ul), (_second.Replica.Own, _second.Digest));
        Assert.DoesNotContain(_second.Rig.Control.ReadNeighbours(), row => !row.IsFixed);
    }

    [Fact]
    public void A_book_that_is_full_takes_no_more_and_has_room_again()
    {
        for (int i = 0; i < NeighbourBook.MaxCount; i++) _second.Take(FlowChange.Made, Record("dmz", $"10.0.{i >> 8}.{i & 255}"));
        Assert.Equal(FlowAdoption.Full, _second.Take(FlowChange.Made, Record("lan", Host)));
        Assert.Equal(FlowAdoption.Refreshed, _second.Take(FlowChange.Made, Record("dmz", "10.0.0.0")));
        Assert.Equal(FlowAdoption.Removed, _second.Take(FlowChange.Ended, Record("dmz", "10.0.0.0")));
        Assert.Equal(FlowAdoption.Adopted, _second.Take(FlowChange.Made, Record("lan", Host)));
    }

    /// <summary>
    /// Hosts that come, go, move and fall silent, on either side: what is told is at every quiet moment what the other knows.
    /// </summary>
    [Fact]
    public void Whatever_happens_each_has_what_the_other_told()
    {
        int checks = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(TestSize.Seed(22) + seed);
            NeighbourSide[] sides = [new(Own, leads: true), new(OtherOwn)];
            HashSet<string>[] wanted = [[], []];                        // who may have been found not to answer
            for (int step = 0; step < 60; step++)
            {
                int side = random.Next(2);
                Disturb(sides[side], random, wanted[side]);
                if (random.Next(4) == 0) Exchange(sides);
            }

            Exchange(sides);
            Assert.True(sides[0].Digest == sides[1].Digest, $"seed {seed}");
            for (int i = 0; i < 2; i++)
            {
                Assert.Equal(sides[i].Replica.Own, sides[1 - i].Replica.Peers);
                string[] known = [.. sides[i].Rig.Control.OwnKeys().Select(key => key.Address.ToString())];
                Assert.All(known.Except(wanted[1 - i]), host => Assert.NotEqual(NeighbourState.Vacant, sides[1 - i].Rig.StateOf(host)));
                checks += known.Except(wanted[1 - i]).Count();
            }
        }

        Assert.True(checks > Seeds / 2, $"{checks} neighbours looked for in {Seeds} runs");
    }

    private static void Disturb(NeighbourSide side, Random random, HashSet<string> wanted)
    {
        ControlRig rig = side.Rig;
        string host = $"192.168.1.{random.Next(10, 40)}";
        var mac = new MacAddress(0x0200_0000_6000UL + (ulong)random.Next(3));
        switch (random.Next(6))
        {
            case 0:
                wanted.Add(host);
                rig.Want(host);
                break;
            case 1:
                wanted.Add(host);
                rig.Want(host).HearArp(ArpOperation.Reply, host, side.Own, sender: mac, to: Mac);
                break;
            case 2:
                rig.HearArp(ArpOperation.Request, host, Own, sender: mac);
                break;
            case 3:
                rig.Wait(random.Next(1, 100) * Second);
                break;
            case 4:
                rig.Wait(random.Next(1, 1500) * Second);
                break;
            default:
                rig.Control.OnLink(new PortId(Lan), isUp: random.Next(2) == 0, rig.Now);
                break;
        }
    }

    /// <summary>Until neither has anything to tell: what one tells may have the other forget something of its own.</summary>
    private static void Exchange(NeighbourSide[] sides)
    {
        for (int quiet = 0; quiet < 2;)
        {
            for (int i = 0; i < 2; i++) sides[i].Replica.Apply(sides[i].Rig.Now);
            int told = sides[1].TakeFrom(sides[0]).Length + sides[0].TakeFrom(sides[1]).Length;
            quiet = told == 0 ? quiet + 1 : 0;
        }
    }

    private static byte[] Record(string port, string address, MacAddress? mac = null)
    {
        var record = new NeighbourRecord(new SharedNeighbour(port, Address(address)), mac ?? HostMac);
        var bytes = new byte[IFlowJournal.MaxRecordBytes];
        return bytes[..record.Write(bytes)];
    }
}

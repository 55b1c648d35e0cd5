using Appliance.Engine;
using Appliance.Wire.Ip;
using Appliance.Wire.Sync;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// States as records: what is written is what is read, for every kind there is; and the digest tells of every difference.
/// </summary>
public sealed class FlowRecordTests
{
    private static readonly IpProtocol[] Protocols =
        [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.Icmp, IpProtocol.Icmpv6, IpProtocol.Gre];

    /// <summary>A worker that finds a little to do each time it looks never sleeps.</summary>
    [Fact]
    public void The_round_of_the_states_is_gone_in_portions_that_leave_a_worker_time_to_sleep()
    {
        const int States = 3000, Breaths = 10_000;
        using var rig = new SyncRig();
        for (int i = 0; i < States; i++) rig.Make(IpProtocol.Udp);
        rig.Breathe();
        int busy = 0;
        for (int i = 0; i < Breaths; i++)
        {
            rig.Now += SyncRig.Second / Breaths;
            if (rig.BreathesBusily()) busy++;
        }

        Assert.InRange(busy, 1, 2 * (States / 1024 + 1));
    }

    [Fact]
    public void Every_kind_of_state_is_the_same_on_the_other_side()
    {
        using var rig = new SyncRig();
        var made = new List<int>();
        foreach (IpProtocol protocol in Protocols)
        {
            foreach (bool isV6 in (bool[])[false, true])
            {
                foreach (FlowDirection direction in (FlowDirection[])[FlowDirection.In, FlowDirection.Out])
                {
                    made.Add(rig.Make(protocol, isV6, isTranslated: false, direction));
                    made.Add(rig.Make(protocol, isV6, isTranslated: true, direction));
                    made.Add(rig.Make(protocol, isV6, isTranslated: true, direction, port: 2));
                }
            }
        }

        Assert.All(rig.Deliver(), outcome => Assert.Equal(FlowAdoption.Adopted, outcome));
        Assert.All(made, index => MustBeAlike(rig, index));
        Assert.True(rig.AreEqual());
        Assert.Equal(made.Count, rig.Other.Count);
    }

    /// <summary>Two in the way, of which the one has to give way and the other has not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_cannot_be_adopted_ends_nothing(bool isWireOlder)
    {
        using var rig = new SyncRig();
        int index = rig.Make(IpProtocol.Udp, isTranslated: true);
        FlowRecord told = rig.First.Table![index];
        NewFlow byWire = new(told.Wire, told.Wire with { Inside = told.Wire.Inside + 9 }, FlowDirection.In, told.Bucket, 60);
        NewFlow byStack = new(told.Wire with { InsidePort = 9 }, told.Stack, FlowDirection.In, told.Bucket, 60);
        rig.Now += -2 * SyncRig.Second;
        rig.MakeAtOther(isWireOlder ? byWire : byStack);
        rig.Now += 4 * SyncRig.Second;
        rig.MakeAtOther(isWireOlder ? byStack : byWire);
        Assert.Equal([FlowAdoption.Collision], rig.Deliver());
        Assert.Equal(2, rig.Other.Count);
    }

    [Fact]
    public void Every_state_of_both_ends_of_a_connection_is_the_same_on_the_other_side()
    {
        using var rig = new SyncRig();
        var made = new List<int>();
        for (TcpPeerState one = TcpPeerState.Closed; one <= TcpPeerState.TimeWait; one++)
        {
            for (TcpPeerState other = TcpPeerState.Closed; other <= TcpPeerState.TimeWait; other++)
            {
                (TcpPeerState initiator, TcpPeerState responder) = (one, other);
                made.Add(rig.Make(IpProtocol.Tcp, edit: states =>
                {
                    ref TcpTrack track = ref states[0].Tracker.As<TcpTrack>();
                    (track.Initiator.State, track.Responder.State) = (initiator, responder);
                    track.Responder = track.Responder with
                    {
                        Initial = 7, Next = 70, Limit = 700, Acknowledged = 1001, MaxWindow = 90, MaxSegment = 1460, WindowScale = 9,
                        Facts = TcpPeerFacts.All,
                    };
                    track.Timeout = TcpTracker.TimeoutOf(track);
                }));
            }
        }

        Assert.All(rig.Deliver(), outcome => Assert.Equal(FlowAdoption.Adopted, outcome));
        Assert.All(made, index => MustBeAlike(rig, index));
        Assert.True(rig.AreEqual());
    }

    /// <summary>
    /// Both appliances had it while they did not hear each other: the FIN of one end went by this one, that of the other by that.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(1)]                                                   // as many frames here as there
    public void What_each_has_seen_of_another_end_both_know_afterwards(ulong frames)
    {
        using var rig = new SyncRig();
        int index = rig.Make(IpProtocol.Tcp);
        rig.Deliver();
        ref FlowRecord here = ref rig.First.Table![index], there = ref rig.Other.Table![rig.Find(here)];
        ref TcpTrack ours = ref here.Tracker.As<TcpTrack>(), theirs = ref there.Tracker.As<TcpTrack>();
        ours.Initiator.State = ours.Responder.State = TcpPeerState.Established;
        (ours.Responder.Next, ours.Responder.Facts) = (2000, TcpPeerFacts.All);
        theirs = ours;
        (ours.Initiator.State, theirs.Responder.State) = (TcpPeerState.Closing, TcpPeerState.Closing);
        ours.Initiator.Next++;
        theirs.Responder.Next++;
        ours.Timeout = theirs.Timeout = StateTimeout.TcpClosing;
        (here.ForwardPackets, here.ReversePackets) = (3 + frames, 2);
        (there.ForwardPackets, there.ReversePackets) = (3, 3);
        there.Flags &= ~FlowFlags.FromPeer;                             // its own frames moved it
        rig.First.Note(index);
        rig.Breathe();
        there.Sync = new SyncMark(there.Sync.Digest, here.Sync.Generation);
        Assert.Equal([FlowAdoption.Refreshed], rig.Deliver());
        Assert.Equal((TcpPeerState.Closing, TcpPeerState.Closing), (theirs.Initiator.State, theirs.Responder.State));
        Assert.Equal((1002u, 2001u, StateTimeout.TcpFinWait), (theirs.Initiator.Next, theirs.Responder.Next, theirs.Timeout));
        Assert.Equal((3 + frames, 3ul), (there.ForwardPackets, there.ReversePackets));
    }

    [Fact]
    public void The_digests_differ_behind_each_single_change_until_it_is_told()
    {
        using var rig = new SyncRig();
        int tcp = rig.Make(IpProtocol.Tcp), udp = rig.Make(IpProtocol.Udp);
        int sctp = rig.Make(IpProtocol.Sctp), echo = rig.Make(IpProtocol.Icmp);
        rig.Deliver();
        FlowTable table = rig.First.Table!;
        Change(tcp, index => table[index].Tracker.As<TcpTrack>().Initiator.State = TcpPeerState.Established);
        Change(tcp, index => table[index].Tracker.As<TcpTrack>().Responder.Facts |= TcpPeerFacts.Sequence);
        Change(tcp, index => table[index].Tracker.As<TcpTrack>().Initiator.WindowScale = 3);
        Change(tcp, index => table[index].Tracker.As<TcpTrack>().Initiator.Initial++);
        Change(tcp, index => table[index].Tracker.As<TcpTrack>().Timeout = StateTimeout.TcpClosing);
        Change(tcp, index => table[index].Flags |= FlowFlags.OfAnswer);
        Change(udp, index => table[index].Pair.Responder = PairState.Single);
        Change(udp, index => table[index].Pair.Timeout = StateTimeout.UdpMultiple);
        Change(sctp, index => table[index].Tracker.As<SctpTrack>().Initiator.Tag = 9);
        Change(sctp, index => table[index].Tracker.As<SctpTrack>().Responder.State = SctpPeerState.CookieEchoed);
        Change(echo, index => table[index].Tracker.As<IcmpTrack>().Timeout = StateTimeout.IcmpError);
        Change(FlowRecord.Nobody, _ => rig.Make(IpProtocol.Udp));
        Change(udp, index => Assert.True(rig.First.TryEnd(index, FlowEnd.Removed)));

        void Change(int index, Action<int> edit)
        {
            Assert.True(rig.AreEqual());
            edit(index);
            if (index != FlowRecord.Nobody) rig.First.Note(index);
            Assert.False(rig.AreEqual());
            Assert.All(rig.Deliver(), outcome => Assert.InRange(outcome, FlowAdoption.Adopted, FlowAdoption.Removed));
            Assert.True(rig.AreEqual());
        }
    }

    [Fact]
    public void Unknown_fields_are_skipped_and_longer_ones_read_as_far_as_they_are_known()
    {
        using var rig = new SyncRig();
        rig.Make(IpProtocol.Udp);
        rig.Breathe();
        (int bucket, FlowChange change, byte[] record) = Assert.Single(rig.Written);
        byte[] later = [record[0], 200, 3, 1, 2, 3, .. record.AsSpan(1), 30, 0];
        int time = IndexOf(later, RecordField.Time);
        later = [.. later.AsSpan(0, time + 1), (byte)(later[time + 1] + 2), .. later.AsSpan(time + 2, later[time + 1]), 8, 8,
            .. later.AsSpan(time + 2 + later[time + 1])];
        Assert.Equal(FlowAdoption.Adopted, rig.Replica.Adopt(bucket, change, later, rig.Now));
        Assert.True(rig.AreEqual());
    }

    /// <summary>Whatever becomes of it: the name alone says nothing where the port is called otherwise.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(FlowKey.AnyPort)]
    public void A_state_of_a_port_of_another_name_is_found_by_the_group_of_the_port(ushort port)
    {
        using var rig = new SyncRig(rename: port => port with { Name = port.Name.Replace("wan", "igb0", StringComparison.Ordinal) });
        int index = rig.Make(IpProtocol.Tcp, port: port);
        FlowTable table = rig.First.Table!;
        table[index].Port = 0;
        Assert.Equal([FlowAdoption.Adopted], rig.Deliver());
        rig.Now += SyncRig.Second;
        table[index].LastSeen = rig.Now;
        rig.First.Note(index);
        Assert.Equal([FlowAdoption.Refreshed], rig.Deliver());
        ref FlowRecord there = ref rig.Other.Table![rig.Find(table[index])];
        Assert.Equal((0, rig.Now), (there.Port, there.LastSeen));
        Assert.True(rig.First.TryEnd(index, FlowEnd.Removed));
        Assert.Equal([FlowAdoption.Removed], rig.Deliver());
        Assert.Equal(0, rig.Other.Count);
    }

    [Fact]
    public void Another_version_is_refused()
    {
        using var rig = new SyncRig();
        rig.Make(IpProtocol.Udp);
        rig.Breathe();
        byte[] record = rig.Written[0].Record;
        record[0] = 2;
        Assert.Equal(FlowAdoption.UnknownVersion, rig.Replica.Adopt(3, FlowChange.Made, record, rig.Now));
        Assert.Equal((1, 0), (rig.Other.AdoptionsOf(FlowAdoption.UnknownVersion), rig.Other.Count));
    }

    [Fact]
    public void Every_record_that_is_cut_is_refused()
    {
        using var rig = new SyncRig();
        rig.Make(IpProtocol.Tcp, isV6: true, isTranslated: true, port: 1);
        rig.Breathe();
        byte[] record = rig.Written[0].Record;
        for (int length = 0; length < record.Length; length++)
        {
            FlowAdoption outcome = rig.Replica.Adopt(3, FlowChange.Made, record.AsSpan(0, length), rig.Now);
            bool isRefused = outcome is FlowAdoption.Malformed or FlowAdoption.UnknownPort or FlowAdoption.Missing;
            Assert.True(isRefused || EndsWithField(record, length), $"{length}: {outcome}");
        }
    }

    private static int IndexOf(byte[] record, RecordField field)
    {
        int at = 1;
        while (record[at] != (byte)field) at += 2 + record[at + 1];
        return at;
    }

    /// <summary>Of what stands behind, a record may go without.</summary>
    private static bool EndsWithField(byte[] record, int length)
    {
        int at = 1;
        while (at < length) at += 2 + record[at + 1];
        return at == length;
    }

    private static void MustBeAlike(SyncRig rig, int index)
    {
        ref FlowRecord state = ref rig.First.Table![index];
        int there = rig.Find(state);
        Assert.NotEqual(FlowRecord.Nobody, there);
        ref FlowRecord other = ref rig.Other.Table![there];
        Assert.Equal((state.Id, state.Wire, state.Stack, state.Direction), (other.Id, other.Wire, other.Stack, other.Direction));
        Assert.Equal((state.Port, state.Bucket, state.Rule), (other.Port, other.Bucket, other.Rule));
        Assert.Equal((state.ForwardPackets, state.ForwardBytes), (other.ForwardPackets, other.ForwardBytes));
        Assert.Equal((state.ReversePackets, state.ReverseBytes), (other.ReversePackets, other.ReverseBytes));
        Assert.Equal((state.Created, state.LastSeen, state.TimeoutSeconds), (other.Created, other.LastSeen, other.TimeoutSeconds));
        Assert.Equal(FlowEdges.Of(ref state, FlowEdges.KindOf(state)), FlowEdges.Of(ref other, FlowEdges.KindOf(other)));
        if (state.Wire.Protocol != IpProtocol.Tcp) return;
        TcpTrack ours = state.Tracker.As<TcpTrack>(), theirs = other.Tracker.As<TcpTrack>();
        Assert.Equal((ours.Initiator.Next, ours.Initiator.Limit), (theirs.Initiator.Next, theirs.Initiator.Limit));
        Assert.Equal((ours.Responder.Acknowledged, ours.Responder.MaxWindow), (theirs.Responder.Acknowledged, theirs.Responder.MaxWindow));
        Assert.Equal(TcpTrackFlags.Uncertain, theirs.Flags);
    }
}

using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>When a worker tells of a state, and what becomes of it on the other side.</summary>
public sealed class ShardJournalTests : IDisposable
{
    private readonly SyncRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_state_is_told_of_once_a_breath_however_often_it_changes()
    {
        int index = _rig.Make(IpProtocol.Tcp);
        _rig.First.Note(index);
        _rig.First.Note(index);
        Assert.Equal(FlowChange.Made, Assert.Single(_rig.Breathe().Written).Change);
        _rig.Forget();
        Assert.Empty(_rig.Breathe().Written);
    }

    [Fact]
    public void A_state_that_ends_in_the_breath_that_made_it_is_nobodys_business()
    {
        int index = _rig.Make(IpProtocol.Tcp);
        Assert.True(_rig.First.TryEnd(index, FlowEnd.Removed));
        Assert.Empty(_rig.Breathe().Written);
    }

    [Fact]
    public void More_states_than_can_be_noted_are_all_told_of()
    {
        for (int i = 0; i < (2 * ShardJournal.MaxNoted) + 1; i++) _rig.Make(IpProtocol.Udp);
        Assert.Equal((2 * ShardJournal.MaxNoted) + 1, _rig.Breathe().Written.Count);
    }

    [Fact]
    public void Telling_and_hearing_allocate_nothing()
    {
        const int times = 1000, generationAt = 11;
        int index = _rig.Make(IpProtocol.Tcp, isTranslated: true);
        _rig.Breathe();
        (int bucket, FlowChange change, byte[] record) = _rig.Written[0];
        _rig.IsRecording = false;
        var whole = new byte[IFlowJournal.MaxRecordBytes];
        long before = 0;
        for (int i = 1; i <= 2 * times; i++)
        {
            if (i == times) before = GC.GetAllocatedBytesForCurrentThread();
            _rig.First.Note(index);
            _rig.Giver.DigestOf(bucket);                                // has what was noted written
            ulong cursor = 0;
            _rig.Giver.Export(bucket, ref cursor, whole);
            BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(generationAt), i);
            FlowAdoption outcome = _rig.Replica.Adopt(bucket, change, record, _rig.Now);
            if (outcome > FlowAdoption.Refreshed) Assert.Fail(outcome.ToString());
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void No_sync_keeps_a_state_to_its_appliance()
    {
        int index = _rig.Make(IpProtocol.Tcp, edit: states => states[0].Flags |= FlowFlags.NoSync);
        Assert.Empty(_rig.Breathe().Written);
        ulong cursor = 0;
        Assert.Equal(0, _rig.Giver.Export(3, ref cursor, new byte[IFlowJournal.MaxRecordBytes]));
        Assert.Equal(0ul, _rig.Giver.DigestOf(3));
        Assert.True(_rig.First.TryEnd(index, FlowEnd.Removed));
        Assert.Empty(_rig.Breathe().Written);
    }

    [Fact]
    public void What_frames_move_is_told_of_when_its_turn_comes_and_then_not_again()
    {
        int index = _rig.Make(IpProtocol.Tcp);
        _rig.Deliver();
        _rig.First.Table![index].LastSeen = _rig.Now;
        _rig.First.Table[index].ForwardBytes = 4711;
        Assert.Equal(1, Told(seconds: ShardJournal.TurnsOfState + 1));
        Assert.Equal(4711ul, _rig.Other.Table![_rig.Find(_rig.First.Table[index])].ForwardBytes);
        Assert.InRange(Told(seconds: 30), 0, 1);
    }

    [Fact]
    public void A_fast_connection_is_told_of_in_each_round()
    {
        int index = _rig.Make(IpProtocol.Tcp);
        _rig.Deliver();
        int told = 0;
        for (int second = 0; second < 8; second++)
        {
            _rig.First.Table![index].LastSeen = _rig.Now;
            _rig.First.Table[index].ForwardBytes += 10 * ShardJournal.FastBytesPerSecond;
            told += Told(seconds: 1);
        }

        Assert.InRange(told, 6, 8);
    }

    [Fact]
    public void A_late_record_changes_nothing()
    {
        int index = _rig.Make(IpProtocol.Udp);
        _rig.Breathe();
        byte[] made = _rig.Written[0].Record;
        Assert.Equal([FlowAdoption.Adopted], _rig.Deliver());
        _rig.First.Table![index].Pair.Responder = PairState.Single;
        _rig.First.Note(index);
        Assert.Equal([FlowAdoption.Refreshed], _rig.Deliver());
        Assert.Equal(FlowAdoption.Older, _rig.Replica.Adopt(3, FlowChange.Made, made, _rig.Now));
        Assert.True(_rig.AreEqual());
    }

    [Fact]
    public void What_is_told_twice_changes_nothing_the_second_time()
    {
        int index = _rig.Make(IpProtocol.Udp);
        _rig.Breathe();
        byte[] made = _rig.Written[0].Record;
        Assert.Equal([FlowAdoption.Adopted], _rig.Deliver());
        int there = _rig.Find(_rig.First.Table![index]);
        _rig.Other.Table![there].ForwardPackets = 1;
        Assert.Equal(FlowAdoption.Refreshed, _rig.Replica.Adopt(3, FlowChange.Made, made, _rig.Now));
        Assert.Equal(1ul, _rig.Other.Table[there].ForwardPackets);
    }

    [Fact]
    public void Of_two_who_went_on_alone_the_one_that_saw_more_counts()
    {
        int index = _rig.Make(IpProtocol.Udp);
        _rig.Breathe();
        byte[] made = _rig.Written[0].Record;
        Assert.Equal([FlowAdoption.Adopted], _rig.Deliver());
        int there = _rig.Find(_rig.First.Table![index]);
        _rig.Other.Table![there].Flags &= ~FlowFlags.FromPeer;
        _rig.Other.Table[there].ForwardPackets = 100;
        _rig.Replica.Adopt(3, FlowChange.Made, made, _rig.Now);
        Assert.Equal(100ul, _rig.Other.Table[there].ForwardPackets);
        _rig.Other.Table[there].ForwardPackets = 0;
        _rig.Replica.Adopt(3, FlowChange.Made, made, _rig.Now);
        Assert.Equal(3ul, _rig.Other.Table[there].ForwardPackets);
    }

    [Fact]
    public void A_change_of_a_state_that_is_not_there_says_that_something_is_missing()
    {
        int index = _rig.Make(IpProtocol.Udp);
        _rig.Breathe().Forget();
        _rig.First.Note(index);
        Assert.Equal([FlowAdoption.Missing], _rig.Deliver());
    }

    [Fact]
    public void Who_only_hears_ends_no_state_before_its_owner_and_tells_nobody()
    {
        int index = _rig.Make(IpProtocol.Udp);
        _rig.Deliver();
        _rig.Now += 61 * SyncRig.Second;                                // the owner has seen a frame that it has not told of
        _rig.FireOther();
        Assert.Equal(1, _rig.Other.Count);
        _rig.Now += ShardJournal.LagNanoseconds;
        _rig.FireOther();
        Assert.Equal(0, _rig.Other.Count);
        Assert.True(_rig.First.Table![index].TimeoutSeconds == 60);
    }

    /// <summary>Its timer follows: what nobody finds any more holds its limits and its ports until the timer fires.</summary>
    [Fact]
    public void A_state_that_was_idle_when_it_was_told_of_ends_when_its_time_is_up()
    {
        _rig.Make(IpProtocol.Udp);
        _rig.Now += 50 * SyncRig.Second;
        Assert.Equal([FlowAdoption.Adopted], _rig.Deliver());
        MustEndIn((10 * SyncRig.Second) + ShardJournal.LagNanoseconds);
    }

    [Fact]
    public void A_state_of_which_its_owner_knows_less_than_was_known_ends_when_its_owner_says()
    {
        int index = _rig.Make(IpProtocol.Udp);
        _rig.Deliver();
        Hear(idle: 0, seconds: 50);
        Hear(idle: 56, seconds: 12);                                    // behind its timer, which was put off
        MustEndIn((4 * SyncRig.Second) + ShardJournal.LagNanoseconds);

        void Hear(int idle, int seconds)
        {
            _rig.Now += seconds * SyncRig.Second;
            _rig.FireOther();
            _rig.First.Table![index].LastSeen = _rig.Now + (-idle * SyncRig.Second);
            _rig.First.Note(index);
            Assert.Equal([FlowAdoption.Refreshed], _rig.Deliver());
        }
    }

    [Fact]
    public void What_the_peer_does_not_tell_of_in_the_whole_is_dropped()
    {
        for (int i = 0; i < 10; i++) _rig.Make(IpProtocol.Udp);
        int gone = _rig.Make(IpProtocol.Udp);
        _rig.Deliver();
        Assert.True(_rig.First.TryEnd(gone, FlowEnd.Removed));
        _rig.Forget();                                                  // its end is lost
        Assert.False(_rig.AreEqual());
        _rig.Replica.BeginWhole(3);
        ulong cursor = 0;
        var record = new byte[IFlowJournal.MaxRecordBytes];
        for (int length; (length = _rig.Giver.Export(3, ref cursor, record)) > 0;)
            _rig.Replica.Adopt(3, FlowChange.Made, record.AsSpan(0, length), _rig.Now);
        Assert.Equal(1, _rig.Replica.EndWhole(3));
        Assert.True(_rig.AreEqual());
        Assert.Equal(10, _rig.Other.Count);
    }

    [Fact]
    public void A_walk_meets_all_that_stay_whatever_comes_and_goes()
    {
        var random = new Random(1);
        List<int> stay = [], go = [];
        for (int i = 0; i < 400; i++) (i % 2 == 0 ? stay : go).Add(_rig.Make(IpProtocol.Udp));
        HashSet<ulong> wanted = [.. stay.Select(index => _rig.First.Table![index].Id)], seen = [];
        var record = new byte[IFlowJournal.MaxRecordBytes];
        ulong cursor = 0;
        for (int length; (length = _rig.Giver.Export(3, ref cursor, record)) > 0;)
        {
            Assert.Equal(FlowAdoption.Adopted, FlowImage.Read(record.AsSpan(0, length), out FlowImage image));
            seen.Add(image.Id);
            if (random.Next(3) == 0) _rig.Make(IpProtocol.Udp);
            if (go.Count == 0 || random.Next(2) == 0) continue;
            int end = go[random.Next(go.Count)];
            go.Remove(end);
            Assert.True(_rig.First.TryEnd(end, FlowEnd.Removed));
        }

        Assert.Superset(wanted, seen);
    }

    [Fact]
    public void A_rule_that_is_elsewhere_in_the_other_ruleset_is_found_by_its_text()
    {
        using var rig = new SyncRig("pass on lan\n", "block in on wan\npass on lan\n");
        int index = rig.Make(IpProtocol.Tcp);
        Assert.Equal([FlowAdoption.Adopted], rig.Deliver());
        Assert.Equal(1u, rig.Other.Table![rig.Find(rig.First.Table![index])].Rule);
    }

    [Fact]
    public void A_state_whose_rule_is_not_there_lives_on_under_the_default_rule()
    {
        using var rig = new SyncRig("pass on lan\n", "block in on wan\n");
        int index = rig.Make(IpProtocol.Tcp);
        Assert.Equal([FlowAdoption.AdoptedWithoutRule], rig.Deliver());
        Assert.Equal(RuleMatch.DefaultRule, (int)rig.Other.Table![rig.Find(rig.First.Table![index])].Rule);
        Assert.True(rig.AreEqual());
    }

    private void MustEndIn(long nanoseconds)
    {
        _rig.Now += nanoseconds - SyncRig.Second;
        _rig.FireOther();
        Assert.Equal(1, _rig.Other.Count);
        _rig.Now += 2 * SyncRig.Second;
        _rig.FireOther();
        Assert.Equal(0, _rig.Other.Count);
    }

    private int Told(int seconds)
    {
        int told = 0;
        for (int second = 0; second < seconds; second++)
        {
            _rig.Now += SyncRig.Second;
            told += _rig.Deliver().Count(outcome => outcome == FlowAdoption.Refreshed);
        }

        return told;
    }
}

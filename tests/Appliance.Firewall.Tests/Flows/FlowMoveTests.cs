using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Several workers' tables that share one appliance's buckets.</summary>
public sealed class FlowMoveTests
{
    private static readonly FlowKey Client = FlowRig.Key(10, 80, isV6: true), Server = FlowRig.Key(80, 10, isV6: true);

    [Fact]
    public void A_state_moves_with_all_that_it_knows()
    {
        var limits = new StateLimits(10, AdaptiveTimeouts.Off, 4);
        using FlowRig from = new(limits: limits), to = new(limits: limits, seed: 2);
        to.Insert(FlowRig.Key(3, 4), id: 99, bucket: 3);
        int outState = from.Insert(
            FlowRig.Key(80, 77), id: 2, stack: FlowRig.Key(80, 10), bucket: 5, direction: FlowDirection.Out, now: 7, account: 3);
        int inState = from.Insert(FlowRig.Key(10, 80), id: 1, bucket: 5, seconds: 30, now: 8);
        from.Table.Join(inState, outState);
        from.Table.NoteAliases(outState, 9, 4);
        from.Table[outState].Tracker.As<ulong>() = 0x1234;
        from.Table[outState].NextHop = 0x5678;
        from.Table[inState].Sync = new SyncMark(0x9abc);
        from.Table[inState].LastSeen = new MonotonicTime(11);

        to.Table.Attach(5, from.Table.Detach(5));

        Assert.Equal((0, 3, 3), (from.Table.Count, to.Table.Count, limits.Count));
        Assert.True(from.Table.Find(FlowRig.Key(10, 80), FlowSide.Wire).IsMiss);
        ref FlowRecord moved = ref to.Table[to.Table.Find(FlowRig.Key(80, 77), FlowSide.Wire).Index];
        Assert.Equal((2ul, 0x1234ul, 0x5678ul), (moved.Id, moved.Tracker.As<ulong>(), moved.NextHop));
        Assert.Equal((9, 4, 5), (moved.AliasBucket(FlowSide.Wire), moved.AliasBucket(FlowSide.Stack), moved.Bucket));
        Assert.Equal((FlowDirection.Out, 7, 3u), (moved.Direction, moved.Created.Nanoseconds, moved.Account));
        ref FlowRecord partner = ref to.Table[moved.Partner];
        Assert.Equal((1ul, 0x9abcul, 2ul), (partner.Id, partner.Sync.Bits, to.Table[partner.Partner].Id));
        Assert.Empty(from.Ended);
        from.ExpireAll(1000 * FlowRig.Second);
        to.ExpireAll(31 * FlowRig.Second);
        Assert.Equal([(1ul, FlowEnd.Expired)], to.Ended);
        Assert.Empty(from.Ended);
    }

    [Fact]
    public void Nothing_else_moves_and_an_empty_bucket_is_no_letter()
    {
        using FlowRig from = new(), to = new();
        from.Insert(FlowRig.Key(1, 2), id: 1, bucket: 4);
        from.Insert(FlowRig.Key(3, 4), id: 2, bucket: 6);
        Assert.Null(from.Table.Detach(5));
        to.Table.Attach(5, null);
        object? letter = from.Table.Detach(4);
        Assert.Null(from.Table.Detach(4));
        to.Table.Attach(4, letter);
        to.Table.Attach(4, letter);                                     // it is empty by now
        Assert.Equal((1, 1), (from.Table.Count, to.Table.Count));
    }

    [Fact]
    public void Aliases_move_with_the_bucket_where_frames_arrive()
    {
        using FlowRig from = new(), to = new();
        Assert.True(from.Table.TryAddAlias(Client, bucket: 4, owner: 9));
        Assert.True(from.Table.TryAddAlias(Server, bucket: 5, owner: 9));
        to.Table.Attach(4, from.Table.Detach(4));
        Assert.True(from.Table.Find(Client, FlowSide.Wire).IsMiss);
        Assert.True(from.Table.Find(Server, FlowSide.Wire).IsAlias);
        FlowHit hit = to.Table.Find(Client, FlowSide.Wire);
        Assert.Equal((Client, 4, 9), (to.Table.Alias(hit.Index).Key, to.Table.Alias(hit.Index).Bucket, to.Table.Alias(hit.Index).Owner));
        Assert.True(to.Table.Find(Client, FlowSide.Stack).IsMiss);
    }

    [Fact]
    public void What_is_heard_of_a_bucket_before_it_comes_is_added_to_what_comes()
    {
        using FlowRig from = new(), to = new();
        from.Table.TryAddAlias(Client, bucket: 4, owner: 9);
        from.Table.TryAddAlias(Server, bucket: 4, owner: 9);
        object? letter = from.Table.Detach(4);
        to.Table.TryRemoveAlias(Client, bucket: 4, owner: 9);
        to.Table.TryAddAlias(Server, bucket: 4, owner: 9);
        Assert.True(to.Table.Find(Client, FlowSide.Wire).IsMiss);
        to.Table.Attach(4, letter);
        Assert.True(to.Table.Find(Client, FlowSide.Wire).IsMiss);
        Assert.Equal((2, 1), (to.Table.Alias(to.Table.Find(Server, FlowSide.Wire).Index).Count, to.Table.AliasCount));
    }

    [Fact]
    public void What_is_lent_stays_behind()
    {
        using FlowRig from = new(), to = new();
        from.Table.TryAddAlias(Client, bucket: 4, owner: 9);
        from.Table.TryRemoveAlias(Client, bucket: 4, owner: 9, isLent: true);
        from.Table.TryAddAlias(Server, bucket: 4, owner: 9, isLent: true);
        Assert.True(from.Table.Find(Client, FlowSide.Wire).IsMiss);
        Assert.True(from.Table.Find(Server, FlowSide.Wire).IsAlias);
        to.Table.Attach(4, from.Table.Detach(4));
        Assert.True(to.Table.Find(Client, FlowSide.Wire).IsAlias);
        Assert.True(to.Table.Find(Server, FlowSide.Wire).IsMiss);
        Assert.Equal((0, 1), (from.Table.AliasCount, to.Table.AliasCount));
    }

    [Fact]
    public void What_finds_no_room_is_lost_aloud()
    {
        var limits = new StateLimits(10, AdaptiveTimeouts.Off);
        using FlowRig from = new(limits: limits), to = new(maxStates: 2, limits: limits);
        int first = from.Insert(FlowRig.Key(1, 2), id: 1, bucket: 4);
        from.Table.Join(first, from.Insert(FlowRig.Key(2, 1), id: 2, bucket: 4));
        from.Insert(FlowRig.Key(5, 6), id: 3, bucket: 4);
        to.Insert(FlowRig.Key(7, 8), id: 4);
        to.Table.Attach(4, from.Table.Detach(4));
        Assert.Equal([(2ul, FlowEnd.Lost), (3ul, FlowEnd.Lost)], to.Ended.Order());
        Assert.Equal((2, 2), (to.Table.Count, limits.Count));
        Assert.Equal(FlowRecord.Nobody, to.Table[to.Table.Find(FlowRig.Key(1, 2), FlowSide.Wire).Index].Partner);
    }

    /// <summary>
    /// Workers that make states of one key apart, as no steering lets them, and whose buckets then meet: one more than a search counts
    /// would be found by nobody, so it is lost at once, in either family, and those who were there are found as before.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_the_states_of_one_key_as_many_are_taken_in_as_a_search_counts(bool isV6)
    {
        var limits = new StateLimits(100, AdaptiveTimeouts.Off);
        using FlowRig to = new(limits: limits);
        to.Insert(FlowRig.Key(1, 2, isV6: isV6), id: 1);
        for (ushort i = 1; i <= FlowIndex.MaxEqual; i++)
        {
            using FlowRig from = new(limits: limits);
            from.Insert(FlowRig.Key(1, 2, isV6: isV6), id: i + 1ul, bucket: i);
            to.Table.Attach(i, from.Table.Detach(i));
        }

        Assert.Equal([(FlowIndex.MaxEqual + 1ul, FlowEnd.Lost)], to.Ended);
        Assert.Equal((FlowIndex.MaxEqual, FlowIndex.MaxEqual), (to.Table.Count, limits.Count));
        for (ulong left = FlowIndex.MaxEqual; left > 0; left--)         // as one goes, the next is found
            to.Table.Remove(to.Table.Find(FlowRig.Key(1, 2, isV6: isV6), FlowSide.Wire).Index);
        Assert.Equal(Enumerable.Range(1, FlowIndex.MaxEqual).Select(id => (ulong)id), to.Ended[1..].Select(ended => ended.Id).Order());
        Assert.Equal((0, 0), (to.Table.Count, limits.Count));
    }

    /// <summary>Buckets go round among four tables; each state is in the table that has its bucket, and in no other.</summary>
    [Fact]
    public void However_buckets_move_every_state_is_at_its_owner()
    {
        int moves = TestSize.Of(person: 2000, server: 20_000, soak: 200_000);
        var random = new Random(TestSize.Seed(31));
        var limits = new StateLimits(5000, AdaptiveTimeouts.Off);
        FlowRig[] workers = [.. Enumerable.Range(0, 4).Select(i => new FlowRig(5000, limits, seed: (ulong)i))];
        var owners = new int[FlowRig.Buckets];
        var made = new List<(FlowKey Key, ushort Bucket, ulong Id)>();
        for (int i = 0; i < moves; i++)
        {
            ushort bucket = (ushort)random.Next(FlowRig.Buckets);
            int to = random.Next(workers.Length);
            workers[to].Table.Attach(bucket, workers[owners[bucket]].Table.Detach(bucket));
            owners[bucket] = to;
            if (made.Count == 2000) continue;
            ushort home = (ushort)random.Next(FlowRig.Buckets);
            FlowKey key = FlowRig.Key(made.Count, 5, isV6: i % 2 == 0);
            int one = workers[owners[home]].Insert(key, id: (ulong)made.Count + 1, bucket: home);
            made.Add((key, home, (ulong)made.Count + 1));
            FlowKey turned = key.Turned();
            int other = workers[owners[home]].Insert(turned, id: (ulong)made.Count + 1, bucket: home);
            made.Add((turned, home, (ulong)made.Count + 1));
            workers[owners[home]].Table.Join(one, other);
        }

        foreach ((FlowKey key, ushort bucket, ulong id) in made)
        {
            for (int worker = 0; worker < workers.Length; worker++)
            {
                FlowHit hit = workers[worker].Table.Find(key, FlowSide.Wire);
                Assert.Equal(worker == owners[bucket], hit.IsState);
                if (hit.IsMiss) continue;
                ref FlowRecord state = ref workers[worker].Table[hit.Index];
                Assert.Equal((id, ((id - 1) ^ 1) + 1), (state.Id, workers[worker].Table[state.Partner].Id));
            }
        }

        Assert.Equal(made.Count, limits.Count);
        Array.ForEach(workers, worker => worker.ExpireAll(61 * FlowRig.Second));
        Assert.Equal(0, limits.Count);
        Array.ForEach(workers, worker => worker.Dispose());
    }

    [Fact]
    public void A_new_steering_rehomes_states_by_their_first_frame_and_makes_new_aliases()
    {
        using var rig = new FlowRig();
        FlowKey arrival = FlowRig.Key(10, 77), inside = FlowRig.Key(10, 80), answers = FlowRig.Key(80, 10);     // 77 is forwarded to 80
        int inState = rig.Insert(arrival, id: 1, stack: inside, bucket: 3);
        int outState = rig.Insert(answers, id: 2, bucket: 3, direction: FlowDirection.Out);
        rig.Table.Join(inState, outState);
        int lonely = rig.Insert(FlowRig.Key(30, 40), id: 3, bucket: 3, direction: FlowDirection.Out);
        int inOnly = rig.Insert(FlowRig.Key(50, 60), id: 4, bucket: 3);
        int sameBucket = rig.Insert(FlowRig.Key(1, 2), id: 5, bucket: 3);
        rig.Table.TryAddAlias(answers.Turned(), bucket: 8, owner: 1);
        rig.Steering = key => (ushort)key.Outside switch
        {
            10 when key.Inside == 77 => 20,
            80 => 21,
            40 => 22,
            30 => 23,
            50 => 24,
            60 => 25,
            _ => 26,
        };

        rig.Table.Reset(64);

        Assert.Equal((64, 5, 5), (rig.Table.Buckets, rig.Table.AliasCount, rig.Table.Count));
        int[] states = [inState, outState, lonely, inOnly, sameBucket];
        Assert.Equal([20, 20, 22, 24, 26], states.Select(index => (int)rig.Table[index].Bucket));
        Assert.Equal([(-1, 21), (21, 26), (23, -1), (-1, 25), (-1, -1)], states.Select(index => AliasesOf(rig, index)));
        Assert.Equal((26, 20), AliasOf(rig, answers.Turned()));                            // and no more the one of bucket 8

        using var other = new FlowRig(limits: rig.Limits);
        other.Table.Reset(64);
        foreach (ushort bucket in (ushort[])[20, 21, 23, 25]) other.Table.Attach(bucket, rig.Table.Detach(bucket));
        Assert.Equal((3, 2, 1, 4), (rig.Table.Count, other.Table.Count, rig.Table.AliasCount, other.Table.AliasCount));
        Assert.Equal(2ul, other.Table[other.Table[other.Table.Find(arrival, FlowSide.Wire).Index].Partner].Id);
        Assert.Equal((23, 22), AliasOf(other, FlowRig.Key(30, 40)));
        Assert.Equal((25, 24), AliasOf(other, FlowRig.Key(50, 60).Turned()));
        Assert.True(other.Table.Find(answers, FlowSide.Wire).IsState);                     // whose alias is there, too
        Assert.True(other.Table.TryRemoveAlias(answers, bucket: 21, owner: 20));
        Assert.Equal(3, other.Table.AliasCount);
    }

    /// <summary>
    /// Rules that keep state where frames come in only: each direction has one, the second of which was made by an answer. Rules that keep
    /// it where they go out: the same, as partners.
    /// </summary>
    [Fact]
    public void Under_a_new_steering_states_that_answers_made_stay_with_their_connection()
    {
        using var rig = new FlowRig();
        FlowKey question = FlowRig.Key(10, 20), answer = question.Turned();
        int asked = rig.Insert(question, id: 1, bucket: 3), answered = rig.Insert(answer, id: 2, bucket: 3, isOfAnswer: true);
        FlowKey wire = FlowRig.Key(40, 30), back = wire.Turned();
        int wentOut = rig.Insert(wire, id: 3, bucket: 5, direction: FlowDirection.Out);
        int cameBack = rig.Insert(back, id: 4, bucket: 5, direction: FlowDirection.Out, isOfAnswer: true);
        rig.Table.Join(cameBack, wentOut);
        int alone = rig.Insert(FlowRig.Key(60, 50), id: 5, bucket: 6, isOfAnswer: true);   // the state of the question has ended
        rig.Steering = key => (ushort)key.Outside;

        rig.Table.Reset(64);

        int[] states = [asked, answered, wentOut, cameBack, alone];
        Assert.Equal([10, 10, 30, 30, 50], states.Select(index => (int)rig.Table[index].Bucket));
        Assert.Equal([(-1, 20), (20, -1), (40, -1), (-1, 40), (60, -1)], states.Select(index => AliasesOf(rig, index)));
        Assert.Equal((60, 50), AliasOf(rig, FlowRig.Key(60, 50), isHidden: true));
        using var other = new FlowRig(limits: rig.Limits);
        other.Table.Reset(64);
        other.Table.Attach(30, rig.Table.Detach(30));
        Assert.Equal(4ul, other.Table[other.Table[other.Table.Find(wire, FlowSide.Wire).Index].Partner].Id);
    }

    [Fact]
    public void Partners_are_of_one_bucket()
    {
        using var rig = new FlowRig();
        int one = rig.Insert(FlowRig.Key(1, 2), bucket: 1), other = rig.Insert(FlowRig.Key(2, 1), bucket: 2);
        Assert.Throws<InvalidOperationException>(() => rig.Table.Join(one, other));
    }

    /// <summary>Where a state has aliases, of its key on the wire and of that inside; -1: nowhere.</summary>
    private static (int Wire, int Stack) AliasesOf(FlowRig rig, int index)
    {
        ref FlowRecord state = ref rig.Table[index];
        return ((short)state.AliasBucket(FlowSide.Wire), (short)state.AliasBucket(FlowSide.Stack));
    }

    /// <summary>Where an alias is and to where it points. Behind a state of the same key it is not found, but counted.</summary>
    private static (int Bucket, int Owner) AliasOf(FlowRig rig, FlowKey key, bool isHidden = false)
    {
        FlowHit hit = rig.Table.Find(key, FlowSide.Wire);
        if (isHidden)
        {
            Assert.True(hit.IsState);
            rig.Table.Remove(hit.Index);
            hit = rig.Table.Find(key, FlowSide.Wire);
        }

        Assert.True(hit.IsAlias);
        return (rig.Table.Alias(hit.Index).Bucket, rig.Table.Alias(hit.Index).Owner);
    }
}

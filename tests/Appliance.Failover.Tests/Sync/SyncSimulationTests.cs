using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Failover.Tests;

/// <summary>Two boxes and a bad wire: whatever happens, both hold the same in the end, and nothing that was acknowledged is lost.</summary>
public sealed class SyncSimulationTests(ITestOutputHelper output)
{
    private const long Millisecond = 1_000_000;
    private const int Streams = 24;

    private static readonly int Seeds = TestSize.Of(person: 5, server: 30, soak: 20_000);

    [Fact]
    public void A_cold_peer_has_all_states_and_both_prove_it()
    {
        SyncWorld world = World(1);
        Fill(world.Boxes[0], 20_000);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
        Assert.Equal(20_000, world.Boxes[1].Replica.Count);
        Assert.Equal((Streams, Streams), (world.Boxes[0].Sync.EqualStreams, world.Boxes[1].Sync.EqualStreams));
        Assert.True(world.Boxes[0].Sync.IsLeader != world.Boxes[1].Sync.IsLeader);
    }

    [Fact]
    public void States_of_both_that_the_other_lacks_come_together()
    {
        SyncWorld world = World(2);
        for (int i = 0; i < 3_000; i++) world.Touch(world.Boxes[i % 2]);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
    }

    [Fact]
    public void What_ended_at_the_leader_while_they_were_apart_ends_at_the_follower()
    {
        SyncWorld world = World(3);
        Fill(world.Boxes[0], 2_000);
        world.Boxes[0].Sync.Rank = 1;
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        world.IsCut = true;
        world.Run(100 * Millisecond);
        foreach (int stream in Enumerable.Range(0, Streams))
        {
            uint key = world.Boxes[0].Replica[stream].Keys.First();
            world.Boxes[0].Write(stream, FlowChange.Ended, key, world.Boxes[0].Replica.End(stream, key));
        }

        world.IsCut = false;
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
        Assert.Equal(2_000 - Streams, world.Boxes[1].Replica.Count);
        Assert.Equal(Streams, world.Boxes[1].Outcomes.Sum(outcomes => outcomes[SyncOutcome.Swept]));
    }

    /// <summary>Whoever leads: what the peer's former life had is not the new one's to end.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_box_that_has_forgotten_all_is_told_it_again_and_ends_nothing(int forgetful)
    {
        SyncWorld world = World(8);
        Fill(world.Boxes[0], 1_000);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        world.Restart(forgetful);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
        Assert.Equal((1_000, 1_000), (world.Boxes[0].Replica.Count, world.Boxes[1].Replica.Count));
    }

    /// <summary>Its states expire while it wakes up, as its clock says.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_box_that_slept_is_told_what_it_has_missed_and_ends_nothing(int sleeper)
    {
        SyncWorld world = World(9);
        Fill(world.Boxes[0], 1_000);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        SyncBox asleep = world.Boxes[sleeper];
        asleep.Sync.OnSlept();
        for (int stream = 0; stream < Streams; stream++)
        {
            foreach (uint key in asleep.Replica[stream].Keys.ToArray())
                asleep.Write(stream, FlowChange.Ended, key, asleep.Replica.End(stream, key));
        }

        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
        Assert.Equal((1_000, 1_000), (world.Boxes[0].Replica.Count, world.Boxes[1].Replica.Count));
    }

    /// <summary>Neither knows that what it lacks has ended: whoever leads, what either has both have then.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_one_that_has_forgotten_all_and_one_that_slept_neither_ends_what_the_other_has(int forgetful)
    {
        SyncWorld world = World(10);
        Fill(world.Boxes[0], 1_000);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        world.Boxes[1 - forgetful].Sync.OnSlept();
        world.Restart(forgetful);
        world.Boxes[forgetful].Sync.Rank = 1;
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
        Assert.Equal((1_000, 1_000), (world.Boxes[0].Replica.Count, world.Boxes[1].Replica.Count));
    }

    [Fact]
    public void Who_takes_over_has_its_workers_doubt_what_they_saw_before()
    {
        SyncWorld world = World(11);
        Fill(world.Boxes[0], 10);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Equal(default, world.Boxes[1].Replica.DoubtedBefore);
        MonotonicTime now = world.Now;
        world.Boxes[1].Sync.Settle(now);
        world.Run(2 * SyncWorld.Tick);
        Assert.Equal((default, now), (world.Boxes[0].Replica.DoubtedBefore, world.Boxes[1].Replica.DoubtedBefore));
    }

    [Fact]
    public void Where_nothing_has_changed_nothing_is_told_again()
    {
        SyncWorld world = World(4);
        Fill(world.Boxes[0], 5_000);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        long told = world.Boxes[0].Outcomes.Sum(outcomes => outcomes[SyncOutcome.Told]);
        world.IsCut = true;
        world.Run(100 * Millisecond);
        world.Boxes[0].Write(7, FlowChange.Made, 77, world.Boxes[0].Replica.Make(7, 77, 77));
        world.IsCut = false;
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
        long toldAgain = world.Boxes[0].Outcomes.Sum(outcomes => outcomes[SyncOutcome.Told]) - told;
        Assert.Equal(world.Boxes[0].Replica[7].Count, toldAgain);
    }

    [Fact]
    public void What_a_box_cannot_take_is_said_and_not_told_for_ever()
    {
        SyncWorld world = World(5);
        Fill(world.Boxes[0], 1_000);
        uint refused = world.Boxes[0].Replica[3].Keys.First();
        world.Boxes[1].Replica.Refuses = key => key == refused;
        world.Run(500 * Millisecond);
        Assert.Equal(Streams - 1, world.Boxes[1].Sync.EqualStreams);
        Assert.Equal(Wire.Sync.SyncVerdict.Refused, world.Boxes[1].Streams.VerdictOf(3));
        Assert.Equal(Wire.Sync.SyncVerdict.Refused, world.Boxes[0].Streams.VerdictOf(3));
        Assert.Equal(999, world.Boxes[1].Replica.Count);
        long told = world.Boxes[0].Outcomes.Sum(outcomes => outcomes[SyncOutcome.Told]);
        world.Run(10_000 * Millisecond);
        Assert.InRange(world.Boxes[0].Outcomes.Sum(outcomes => outcomes[SyncOutcome.Told]) - told, 0, 1_000 / Streams * 4);
    }

    [Fact]
    public void A_follower_that_outranks_its_leader_becomes_the_leader()
    {
        SyncWorld world = World(6);
        Fill(world.Boxes[0], 100);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.True(world.Boxes[0].Sync.IsLeader);
        world.Boxes[1].Sync.Rank = 5;
        world.Run(900 * Millisecond);
        Assert.True(world.Boxes[0].Sync.IsLeader);
        world.Run(200 * Millisecond);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.True(world.Boxes[1].Sync.IsLeader);
        Assert.False(world.Boxes[0].Sync.IsLeader);
    }

    [Fact]
    public void Boxes_with_other_numbers_of_streams_say_so_and_do_not_sync()
    {
        var world = new SyncWorld(7, index => new SyncBox(index, Streams + index));
        Fill(world.Boxes[0], 100);
        world.Run(200 * Millisecond);
        Assert.Equal((SyncPhase.Unlike, SyncPhase.Unlike), (world.Boxes[0].Sync.Phase, world.Boxes[1].Sync.Phase));
        Assert.Equal(0, world.Boxes[1].Replica.Count);
    }

    /// <summary>A port of one box may carry less than those of the other.</summary>
    [Theory]
    [InlineData(1400, 1300)]
    [InlineData(1300, 1400)]
    [InlineData(8900, 700)]
    public void What_the_two_say_fits_the_frames_of_both(int one, int other)
    {
        var world = new SyncWorld(20, index => new SyncBox(index, Streams, messageLength: index == 0 ? one : other));
        Fill(world.Boxes[0], 3_000);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Fill(world.Boxes[1], 3_000, from: 2_000_000);
        world.Run(200 * Millisecond);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
        Assert.InRange(world.Longest, Math.Min(one, other) / 2, Math.Min(one, other));
    }

    [Fact]
    public void A_parcel_that_no_lane_carries_is_counted_apart_and_not_kept()
    {
        SyncWorld world = World(21);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Fill(world.Boxes[0], 100);
        byte[] parcel = world.Boxes[0].Turn(world.Now).First(message => message.Length > 500);
        Array.Resize(ref parcel, Lane.MaxSyncMessageLength);
        ulong before = world.Boxes[1].Sync[SyncEvent.ParcelsUnneeded];
        world.Boxes[1].Sync.OnMessage(parcel, world.Now);
        Assert.Equal((1ul, before), (world.Boxes[1].Sync[SyncEvent.ParcelsTooLong], world.Boxes[1].Sync[SyncEvent.ParcelsUnneeded]));
        world.Run(200 * Millisecond);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
    }

    [Fact]
    public void A_change_that_tears_a_stream_is_repaired()
    {
        SyncWorld world = World(8, ringBytes: 4096);
        world.Boxes[0].Sync.Rank = 1;
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        for (int i = 0; i < 2_000; i++) world.Touch(world.Boxes[0]);
        Assert.InRange(world.Boxes[0].Lost, 1_000, 2_000);
        world.Run(300 * Millisecond);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Null(world.Difference());
    }

    [Fact]
    public void Workers_that_stand_still_hold_up_their_peer_and_lose_nothing()
    {
        SyncWorld world = World(9, ringBytes: 4096);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        world.Boxes[1].IsBusy = true;
        for (int i = 0; i < 100; i++)
        {
            Fill(world.Boxes[0], 30);
            world.Run(3 * Millisecond);
        }

        Assert.NotEqual(0ul, world.Boxes[1].Sync[SyncEvent.InboxFull]);
        Assert.True(world.Boxes[0].Streams.IsFull);                     // and who writes rings nobody
        world.Boxes[1].IsBusy = false;
        world.Run(300 * Millisecond);
        Assert.True(world.RunUntilInSync(4_000 * Millisecond));
        Assert.False(world.Boxes[0].Streams.IsFull);
        Assert.Null(world.Difference());
    }

    /// <summary>By that who is woken for them knows whether to wait for more.</summary>
    [Fact]
    public void Parcels_are_full_where_much_is_told_and_not_where_little_is()
    {
        SyncWorld world = World(10);
        Fill(world.Boxes[0], 20_000);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        foreach (SyncBox box in world.Boxes) Assert.InRange(box.Sync.FullParcels, 100ul, ulong.MaxValue);
        ulong[] before = [.. world.Boxes.Select(box => box.Sync.FullParcels)];
        for (int i = 0; i < 100; i++)
        {
            Fill(world.Boxes[0], 1);
            world.Run(Millisecond);
        }

        Assert.Equal(before, world.Boxes.Select(box => box.Sync.FullParcels));
    }

    [Fact]
    public void After_whatever_faults_both_hold_the_same()
    {
        int first = TestSize.Seed(1);
        long changes = 0, messages = 0;
        for (int seed = first; seed < first + Seeds; seed++)
        {
            SyncWorld world = Converged(seed);
            changes += world.Boxes.Sum(box => (long)box.Sync[SyncEvent.RecordsSent]);
            messages += world.Messages;
        }

        output.WriteLine($"{Seeds} seeds: {changes:N0} records in {messages:N0} messages");
    }

    /// <summary>Each was stuck once: an answer of the epoch before acknowledged parcels of the next.</summary>
    [Theory]
    [InlineData(1167)]
    [InlineData(1229)]
    [InlineData(1384)]
    public void Seeds_that_once_failed_do_not_any_more(int seed) => Converged(seed);

    [Fact]
    public void A_seed_replays()
    {
        for (int seed = 1; seed <= 2; seed++) Assert.Equal(Suffer(seed).Fingerprint(), Suffer(seed).Fingerprint());
    }

    /// <summary>At any moment the box that makes states dies: what the other had acknowledged is there once it has settled.</summary>
    [Fact]
    public void Nothing_that_was_acknowledged_is_lost_with_the_box_that_wrote_it()
    {
        int first = TestSize.Seed(1), looked = 0;
        for (int seed = first; seed < first + (2 * Seeds); seed++)
        {
            SyncWorld world = World(seed, ringBytes: 1 << 14);
            Spoil(world);
            world.Traffic[0] = world.Random.Next(1, 12);
            world.Run((20 + world.Random.Next(300)) * Millisecond);
            SyncBox dead = world.Boxes[0], heir = world.Boxes[1];
            bool wasOpen = dead.Streams.IsOpen && heir.Streams.IsOpen;
            heir.Settle(world.Now);
            if (!wasOpen) continue;
            foreach (((int stream, uint key), (ulong sequence, FakeState? state)) in dead.Written)
            {
                if (sequence > dead.Streams.AcknowledgedOf(stream)) continue;
                looked++;
                bool isThere = heir.Replica[stream].TryGetValue(key, out FakeState? here);
                Assert.True(state is null ? !isThere : isThere && here!.Version >= state.Version,
                    $"seed {seed}: stream {stream}, key {key} of sequence {sequence}: {state} but {here}");
            }
        }

        output.WriteLine($"{looked:N0} states looked at");
        Assert.InRange(looked, 1_000, int.MaxValue);
    }

    private static SyncWorld Converged(int seed)
    {
        SyncWorld world = Suffer(seed);
        Assert.True(world.RunUntilInSync(6_000 * Millisecond), $"seed {seed}: {world.Boxes[0]}\n{world.Boxes[1]}\n{world.Difference()}");
        Assert.True(world.Difference() is null, $"seed {seed}: {world.Difference()}");
        Assert.InRange(world.MostUnderWay, 1, 256);
        return world;
    }

    private static SyncWorld World(int seed, int ringBytes = 1 << 16) => new(seed, index => new SyncBox(index, Streams, ringBytes));

    private static void Fill(SyncBox box, int states, uint from = 1_000_000)
    {
        for (uint key = from; key < from + states; key++)
        {
            int stream = (int)(key % (uint)box.Streams.Count);
            box.Write(stream, FlowChange.Made, key, box.Replica.Make(stream, key, key));
        }
    }

    private static void Spoil(SyncWorld world)
    {
        world.Loss = world.Random.Next(3) == 0 ? 0 : world.Random.NextDouble() * 0.3;
        world.Doubling = world.Random.NextDouble() * 0.2;
        world.MaxDelay = (long)Math.Pow(10, 4.5 + (world.Random.NextDouble() * 2.5));          // 30 µs to 10 ms
    }

    /// <summary>Half a second to two of traffic and faults; then the wire is whole and nothing changes any more.</summary>
    private static SyncWorld Suffer(int seed)
    {
        var draw = new Random(seed);
        int ringBytes = 1 << draw.Next(12, 17), beside = draw.Next(2);
        var world = new SyncWorld(seed, index => new SyncBox(index, Streams, ringBytes, padding: draw.Next(200), beside: beside));
        Spoil(world);
        int faults = draw.Next(1, 10);
        for (int i = 0; i < faults; i++)
        {
            Hurt(world, draw);
            world.Run(draw.Next(5, 200) * Millisecond);
        }

        (world.Loss, world.Doubling, world.MaxDelay, world.IsCut) = (0, 0, 200_000, false);
        (world.Traffic[0], world.Traffic[1]) = (0, 0);
        foreach (SyncBox box in world.Boxes) box.IsBusy = false;
        world.Run(300 * Millisecond);
        return world;
    }

    private static void Hurt(SyncWorld world, Random draw)
    {
        SyncBox box = world.Boxes[draw.Next(2)];
        switch (draw.Next(8))
        {
            case 0: world.IsCut = !world.IsCut; break;
            case 1: world.Restart(box.Index); break;
            case 2: world.Traffic[0] = draw.Next(20); break;
            case 3: world.Traffic[1] = draw.Next(3) == 0 ? draw.Next(20) : 0; break;
            case 4: box.IsBusy = !box.IsBusy; break;
            case 5: for (int i = 0; i < 5; i++) box.Move(draw.Next(Streams), draw.Next(SyncBox.Workers)); break;
            case 6: box.Sync.Rank = (ulong)draw.Next(4); break;
            default: Spoil(world); break;
        }
    }
}

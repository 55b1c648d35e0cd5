using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Sync;
using Xunit;

namespace Appliance.Failover.Tests;

/// <summary>The parts of sync by themselves, and what an end does with messages that no honest peer sends.</summary>
public sealed class SyncPartsTests
{
    private const long Millisecond = 1_000_000;

    private static readonly int HostileRounds = TestSize.Of(person: 20_000, server: 100_000, soak: 1_000_000);
    private static readonly MonotonicTime Now = new(1_000_000_000);

    [Fact]
    public void Each_sequence_number_counts_once_against_the_plainest_list()
    {
        var window = new SequenceWindow();
        var random = new Random(9);
        HashSet<ulong> seen = [];
        ulong highest = 0;
        for (int i = 0; i < 100_000; i++)
        {
            ulong jump = random.Next(500) == 0 ? (ulong)random.Next(3_000) : (ulong)random.Next(4);
            ulong number = random.Next(3) == 0 ? highest + jump : highest - Math.Min(highest, (ulong)random.Next(1_200));
            bool expected = number > 0 && number + SequenceWindow.Width > highest && seen.Add(number);
            Assert.True(window.TryAccept(number) == expected, $"{number} behind {highest}");
            highest = Math.Max(highest, number);
        }
    }

    [Fact]
    public void A_parcel_is_sent_again_when_three_later_ones_have_arrived()
    {
        SyncWindow window = Sent(5);
        Assert.True(window.TryMarkArrived(0, 0b00110, Now));               // 2 and 3
        Assert.False(window.MayHaveLost(Now));
        Assert.True(window.TryMarkArrived(0, 0b01110, Now));
        Assert.True(window.MayHaveLost(Now));
        Assert.True(window.TryTakeLost(Now, out ulong lost));
        Assert.Equal(1ul, lost);
        Assert.False(window.TryTakeLost(Now, out _));                 // it is on its way again
    }

    [Fact]
    public void Silence_sends_the_unanswered_again_less_and_less_often()
    {
        SyncWindow window = Sent(1);
        List<long> times = [];
        for (MonotonicTime now = Now; now - Now < 2_000 * Millisecond; now += Millisecond)
        {
            if (window.MayHaveLost(now) && window.TryTakeLost(now, out _)) times.Add((now - Now) / Millisecond);
        }

        Assert.Equal([10, 30, 70, 150, 310, 630, 950, 1270, 1590, 1910], times);
    }

    [Fact]
    public void Losses_narrow_the_window_once_for_all_that_was_under_way()
    {
        SyncWindow window = Sent(30);
        int before = window.Limit;
        Assert.True(window.TryMarkArrived(0, 0x3fff_fff0, Now));           // the first four are lost
        int widened = window.Limit;
        Assert.Equal(before + 26, widened);
        while (window.TryTakeLost(Now, out _)) { }
        Assert.Equal(widened * 3 / 4, window.Limit);
    }

    [Theory]
    [InlineData(6, 0ul)]
    [InlineData(5, 1ul)]
    [InlineData(0, 1ul << 63)]
    [InlineData(long.MaxValue, ulong.MaxValue)]
    public void Acknowledging_what_was_never_sent_is_refused(long acknowledged, ulong selective)
    {
        SyncWindow window = Sent(5);
        Assert.False(window.TryMarkArrived((ulong)acknowledged, selective, Now));
        Assert.Equal(1ul, window.First);
        Assert.True(window.TryMarkArrived(5, 0, Now));
    }

    [Fact]
    public void No_more_than_the_window_is_ever_under_way()
    {
        SyncWindow window = Sent(1_000);
        Assert.InRange(window.Next - window.First, 1ul, (ulong)SyncWindow.MaxUnderWay);
    }

    /// <summary>Somebody with the key who does not keep to the rules: nothing is thrown, and nothing grows.</summary>
    [Fact]
    public void Messages_of_a_peer_gone_mad_are_survived()
    {
        var random = new Random(TestSize.Seed(4));
        var world = new SyncWorld(4, index => new SyncBox(index, streams: 8));
        Assert.True(world.RunUntilInSync(500 * Millisecond));
        SyncBox box = world.Boxes[1];
        byte[] message = new byte[SyncBox.MessageLength];
        for (int round = 0; round < HostileRounds; round++)
        {
            int length = Mad(message, random);
            box.Sync.OnMessage(message.AsSpan(0, length), world.Now);
            if (round % 16 != 0) continue;
            box.Breathe(world.Now);
            box.Turn(world.Now);
            if (round % 4096 == 0) box.Sync.OnPeerFound();
        }

        Assert.InRange(box.Sync.Window.UnderWay, 0, SyncWindow.Capacity);
        Assert.InRange(box.Replica.Count, 0, HostileRounds);
        world.Restart(0);
        Assert.True(world.RunUntilInSync(1_000 * Millisecond));
        Assert.Null(world.Difference());
    }

    [Fact]
    public void A_newer_program_s_sections_and_kinds_are_passed_over_and_counted()
    {
        var world = new SyncWorld(5, index => new SyncBox(index, streams: 2));
        Assert.True(world.RunUntilInSync(500 * Millisecond));
        SyncBox box = world.Boxes[1];
        var message = new byte[200];
        uint epoch = 1, peer = 1;
        ulong parcel = box.Sync[SyncEvent.ParcelsReceived] + 1;
        new SyncFields(epoch, peer, parcel, 0, 0).WriteTo(message);
        var known = new SyncParcelWriter(message.AsSpan(SyncView.HeaderLength + 8));
        Assert.True(known.TryAdd(0, 1_000, (SyncRecordKind)77, [1, 2, 3]));
        Assert.True(known.TryAdd(0, 1_001, SyncRecordKind.Made, new FakeReplica(2).Make(0, 5, 5)));
        SyncSections.WriteHeader(message.AsSpan(SyncView.HeaderLength), (SyncSectionKind)200, 4);
        box.Sync.OnMessage(message.AsSpan(0, SyncView.HeaderLength + 8 + known.Length), world.Now);
        box.Breathe(world.Now);
        Assert.Equal(1ul, box.Sync[SyncEvent.UnknownSections]);
        Assert.Equal(1, box.Outcomes.Sum(outcomes => outcomes[SyncOutcome.Unknown]));
        Assert.True(box.Replica[0].ContainsKey(5));
    }

    /// <summary>Journal to parcel, parcel to inbox, inbox to state: a record costs no memory.</summary>
    [Fact]
    public void A_record_on_its_way_allocates_nothing()
    {
        var streams = new SyncStreams(4);
        var journal = new SyncJournal(streams);
        streams.Open(1, isLeader: true, beside: 0, mayPeerLack: false);
        var packing = new SyncPacking(streams, [journal]);
        var inbox = new SyncInbox();
        var delivery = new SyncDelivery(4, [inbox], _ => 0);
        byte[] record = new byte[150], room = new byte[1400];
        Pass();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) Pass();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Pass()
        {
            for (int i = 0; i < 8; i++) journal.TryWrite(i & 3, FlowChange.Made, record);
            int length = packing.Pack(room);
            delivery.TryDeliver(room.AsSpan(0, length));
            while (inbox.Ring.TryPeek(out _, out _)) inbox.Ring.RemoveFirst();
        }
    }

    private static SyncWindow Sent(int parcels)
    {
        var window = new SyncWindow(1400, 10 * Millisecond);
        for (int i = 0; i < parcels && window.CanBegin; i++) window.Commit(100, 1, Now.Nanoseconds, Now);
        return window;
    }

    private static int Mad(byte[] message, Random random)
    {
        random.NextBytes(message);
        int length = random.Next(SyncBox.MessageLength);
        if (length < SyncView.HeaderLength || random.Next(10) == 0) return length;
        var fields = new SyncFields(
            (uint)random.Next(4), (uint)random.Next(4), (ulong)random.Next(400), (ulong)random.Next(random.Next(2) == 0 ? 4 : 1000),
            (ulong)random.NextInt64() >> random.Next(64));
        fields.WriteTo(message);
        if (random.Next(3) == 0) return length;
        var writer = new SyncParcelWriter(message.AsSpan(SyncView.HeaderLength, length - SyncView.HeaderLength));
        byte[] record = new byte[random.Next(20)];
        random.NextBytes(record);
        for (ulong sequence = (ulong)random.Next(100); writer.TryAdd(
            (ushort)random.Next(10), sequence, (SyncRecordKind)random.Next(10), record) && random.Next(20) != 0; sequence++) { }

        return SyncView.HeaderLength + writer.Length;
    }
}

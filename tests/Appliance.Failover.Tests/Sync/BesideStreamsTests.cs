using Appliance.Engine;
using Xunit;

namespace Appliance.Failover.Tests;

/// <summary>Streams of what is no flow, behind those of the buckets: programs know more or fewer of them.</summary>
public sealed class BesideStreamsTests
{
    private const long Millisecond = 1_000_000;
    private const int Streams = 24;

    /// <summary>What one of the two does not know of, as an older program does not, the other keeps to itself.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    public void Streams_beside_those_of_flows_are_shared_as_far_as_both_know_them(int one, int other)
    {
        int shared = Streams + Math.Min(one, other);
        var world = new SyncWorld(22, index => new SyncBox(index, Streams, beside: index == 0 ? one : other));
        foreach (SyncBox box in world.Boxes) Fill(box, 500, from: box.Index == 0 ? 1_000_000u : 2_000_000u);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        Assert.Equal((shared, shared), (world.Boxes[0].Sync.EqualStreams, world.Boxes[1].Sync.EqualStreams));
        foreach (SyncBox box in world.Boxes) Fill(box, 500, from: box.Index == 0 ? 3_000_000u : 4_000_000u);
        world.Run(100 * Millisecond);
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        for (int stream = 0; stream < Streams + Math.Max(one, other); stream++)
        {
            uint[] left = stream < Streams + one ? [.. world.Boxes[0].Replica[stream].Keys] : [];
            uint[] right = stream < Streams + other ? [.. world.Boxes[1].Replica[stream].Keys] : [];
            if (stream < shared) Assert.Equal(left, right);
            else Assert.Empty(left.Intersect(right));
            Assert.NotEmpty(left.Concat(right));
        }

        foreach (SyncBox box in world.Boxes)
        {
            Assert.Equal((0ul, 0ul, 0L), (box.Sync[SyncEvent.StreamsDiffer], box.Sync[SyncEvent.BrokenRecords], box.Lost));
            Assert.False(box.Streams.HasTorn);
        }
    }

    /// <summary>Behind the buckets a peer may begin to know another stream, or know it no more: it is another program.</summary>
    [Fact]
    public void A_peer_that_becomes_another_program_is_told_what_it_knows_now()
    {
        int[] beside = [1, 0];
        var world = new SyncWorld(23, index => new SyncBox(index, Streams, beside: beside[index]));
        SyncBox first = world.Boxes[0];
        Fill(first, 500);
        for (int turn = 0; turn < 4; turn++)
        {
            Assert.True(world.RunUntilInSync(2_000 * Millisecond), $"{first}\n{world.Boxes[1]}");
            Assert.Equal(Streams + beside[1], first.Sync.EqualStreams);
            if (beside[1] == 1) Assert.Equal(first.Replica[Streams].Keys, world.Boxes[1].Replica[Streams].Keys);
            Fill(first, 100, from: 5_000_000 + (uint)(turn * 1_000));
            beside[1] = 1 - beside[1];
            world.Restart(1);
        }
    }

    [Fact]
    public void A_stream_beside_those_of_flows_is_compared_every_few_seconds_whatever_the_number_of_buckets()
    {
        var world = new SyncWorld(24, index => new SyncBox(index, Streams, beside: 1));
        Assert.True(world.RunUntilInSync(2_000 * Millisecond));
        foreach (SyncBox box in world.Boxes) box.Replica.Make(Streams, 7 + (uint)box.Index, 1);       // nobody tells of it
        world.Run(4_500 * Millisecond);
        Assert.Equal([7u, 8u], world.Boxes[0].Replica[Streams].Keys);
        Assert.Equal([7u, 8u], world.Boxes[1].Replica[Streams].Keys);
    }

    private static void Fill(SyncBox box, int states, uint from = 1_000_000)
    {
        for (uint key = from; key < from + states; key++)
        {
            int stream = (int)(key % (uint)box.Streams.Count);
            box.Write(stream, FlowChange.Made, key, box.Replica.Make(stream, key, key));
        }
    }
}

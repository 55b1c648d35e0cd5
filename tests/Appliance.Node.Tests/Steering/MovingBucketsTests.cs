using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Steering;

/// <summary>Whoever owns a flow may change while its frames are anywhere: in a port, in a ring, in a breath, on their way out.</summary>
public sealed class MovingBucketsTests
{
    private const string Fixed = "vrss: {rebalance: off}\n";

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Buckets_move_all_the_time_and_no_flow_is_reordered(int vcpus)
    {
        for (int seed = 1; seed <= TestSize.Of(person: 3, server: 20, soak: 2000); seed++)
        {
            using var storm = new FlowStorm(seed, vcpus, Fixed);
            int moves = 0;
            for (int round = 0; round < 1000; round++)
            {
                storm.Round();
                if (storm.Node.TryMoveBuckets(storm.SomeTable())) moves++;
            }

            storm.MustHaveKeptOrder();
            Assert.True(moves > 5, $"Seed {seed}: only {moves} moves, of {storm.Sent} frames.");
        }
    }

    /// <summary>For a while keys, asked for faster than they can be adopted; then only tables, once no key is left to adopt.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Keys_and_tables_change_all_the_time_and_no_flow_is_reordered(int vcpus)
    {
        string[] steering =
        [
            Fixed, "vrss: {key: microsoft, rebalance: off}\n", "vrss: {key: microsoft, indirection: 16, rebalance: off}\n",
            $"vrss: {{key: \"{new string('5', 80)}\", hash: [ipv4], rebalance: off}}\n", "vrss: {indirection: 256, rebalance: off}\n",
        ];
        RuntimeModel[] models = [.. steering.Select(text => Box.ModelOf(Boxes.Edge + text))];
        for (int seed = 1; seed <= TestSize.Of(person: 3, server: 20, soak: 1000); seed++)
        {
            using var storm = new FlowStorm(seed, vcpus, Fixed);
            int swaps = 0, moves = 0;
            for (int round = 0; round < 4000; round++)
            {
                storm.Round();
                SteeringRules before = storm.Node.Steering;
                storm.Node.Tend(default);
                if (round % 9 == 0 && round / 200 % 4 == 0) storm.Node.Apply(models[round / 9 % models.Length]);
                else if (storm.Node.TryMoveBuckets(storm.SomeTable())) moves++;
                if (!storm.Node.Steering.HasSameHashAs(before)) swaps++;
            }

            storm.MustHaveKeptOrder();
            Assert.True(swaps > 5 && (vcpus == 1 || moves > 5), $"Seed {seed}: only {swaps} changes of key and {moves} moves.");
        }
    }

    [Fact]
    public void A_bucket_takes_what_is_kept_of_it_along()
    {
        // The limit on errors is kept by bucket: a burst of 50, however often the bucket has moved meanwhile.
        using var box = new Box(Boxes.Island + Fixed, vcpus: 4);
        byte[] lost = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2));
        long replies = 0;
        for (int i = 0; i < 80; i++)
        {
            replies += box.Send("lan", lost).LeftBy("lan").Length;
            int shift = i;
            ImmutableArray<ushort> owners = box.Node.Steering.Table.Owners;
            var turned = new IndirectionTable([.. owners.Select(owner => (ushort)((owner + 1 + (shift % 3)) % 4))]);
            Assert.True(box.Node.TryMoveBuckets(turned));
        }

        Assert.Equal(50, replies);
    }

    [Fact]
    public void One_change_is_under_way_at_a_time()
    {
        using var box = new Box(Boxes.Edge + Fixed, vcpus: 2);
        IndirectionTable before = box.Node.Steering.Table;
        IndirectionTable turned = new([.. before.Owners.Select(owner => (ushort)(1 - owner))]);
        Assert.False(box.Node.TryMoveBuckets(before));                  // nothing would change
        Assert.True(box.Node.TryMoveBuckets(turned));
        Assert.False(box.Node.IsSteeringSettled);
        Assert.False(box.Node.TryMoveBuckets(before));                  // not yet
        box.Node.StepUntilIdle(box.Now);
        Assert.True(box.Node.IsSteeringSettled);
        Assert.Equal(turned.Owners, box.Node.Steering.Table.Owners);
        Assert.True(box.Node.TryMoveBuckets(before));
    }

    [Fact]
    public void Models_that_hash_alike_leave_the_table_as_load_has_made_it()
    {
        using var box = new Box(Boxes.Edge + Fixed, vcpus: 2);
        IndirectionTable all = new([.. box.Node.Steering.Table.Owners.Select(_ => (ushort)1)]);
        Assert.True(box.Node.TryMoveBuckets(all));
        box.Node.StepUntilIdle(box.Now);
        box.Node.Apply(Box.ModelOf(Boxes.Edge + Fixed));
        box.Node.StepUntilIdle(box.Now);
        Assert.Equal(all.Owners, box.Node.Steering.Table.Owners);
    }
}

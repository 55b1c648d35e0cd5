using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Three workers under a key by which answers arrive elsewhere, without their breaths: what one writes of its states, and when the others
/// read it.
/// </summary>
public sealed class ShardAliasTests : IDisposable
{
    private const int Buckets = 128;
    private const long Second = 1_000_000_000;

    private static readonly SteeringRules Rules = new(
        new ToeplitzHash(RssKey.Microsoft), Symmetric: false, HashTypes.All, IndirectionTable.Even(Buckets, 3));

    private readonly StateSharing _sharing = new(
        3, new StateLimits(100_000, AdaptiveTimeouts.Off), new PortClaims(KeyedRandom.FromSeed(1)), new FlowWays());

    private readonly FramePool _pool = new(0, new FramePoolSize(16, 0, 0));
    private readonly WorkerCounters _counters = new(1);
    private readonly FirewallShard[] _shards;
    private readonly FirewallShard _asks, _keeps, _gets;
    private MonotonicTime _now = new(Second);
    private int _lastPort;

    public ShardAliasTests()
    {
        _shards = [.. Enumerable.Range(0, 3).Select(id => new FirewallShard(id, FirewallModel.Off, Rules, _sharing, new PathEpoch()))];
        (_asks, _keeps, _gets) = (_shards[0], _shards[1], _shards[2]);
    }

    public void Dispose()
    {
        foreach (FirewallShard shard in _shards) shard.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void A_new_state_has_an_alias_where_its_answers_arrive_until_it_ends()
    {
        int index = Open(NextFlow());
        Assert.Equal(0, _keeps.AliasCount);
        Assert.Equal(1, Collect(_keeps));
        Assert.Equal(1, _keeps.AliasCount);
        Assert.True(_asks.TryEnd(index, FlowEnd.Removed));
        Assert.Equal(1, Collect(_keeps));
        Assert.Equal((0, 0, 0), (_keeps.AliasCount, _asks.AliasCount, _sharing.LettersWaiting));
    }

    [Fact]
    public void Where_both_directions_arrive_in_one_bucket_nobody_is_written_to()
    {
        foreach (FirewallShard shard in _shards) shard.Adopt(Rules with { Symmetric = true });
        for (int i = 0; i < 100; i++) Open(NextFlow());
        Assert.Equal((0, 0), (_sharing.LettersWaiting, _asks.AliasCount));
    }

    [Fact]
    public void A_frame_without_a_state_has_the_letters_read_before_it_counts_as_new()
    {
        NewFlow flow = NextFlow();
        Open(flow);
        FlowKey answer = flow.Stack.Turned();
        Frame frame = Arrive(ArrivalBucket.Of(Rules, answer, isReply: false), out FrameBatch batch);
        FlowHit hit = default;
        Assert.False(_keeps.TryBringHome(batch, 0, answer, ref hit, _counters));
        Assert.Equal((Disposition.HandOff, flow.Bucket, (ushort)0), (frame.Info.Disposition, frame.Info.Bucket, frame.Info.Worker));
        Assert.True(_asks.TryBringHome(batch, 0, answer, ref hit, _counters));          // once there it is judged
        _pool.Return(frame);
    }

    [Fact]
    public void What_was_written_before_a_bucket_leaves_goes_along()
    {
        NewFlow flow = NextFlow();
        Open(flow);
        ushort bucket = ArrivalBucket.Of(Rules, flow.Stack.Turned(), isReply: false);
        _gets.Attach(bucket, _keeps.Detach(bucket));
        _gets.TableAt(Context);
        Assert.Equal((0, 1), (_keeps.AliasCount, _gets.AliasCount));
    }

    [Fact]
    public void Where_letters_are_not_read_new_flows_are_refused_and_old_ones_stay()
    {
        int first = Open(NextFlow());
        for (int i = 1; i < StateSharing.LetterCapacity; i++) Open(NextFlow());
        Assert.False(_asks.TryOpen(NextFlow(), _now, out int index, out DropReason refused));
        Assert.Equal((FlowRecord.Nobody, DropReason.QueueFull), (index, refused));
        Assert.Equal((StateSharing.LetterCapacity, StateSharing.LetterCapacity), (_asks.Count, _sharing.Limits.Count));
        Assert.False(_asks.TryEnd(first, FlowEnd.Removed));
        _now += 1000 * Second;
        Assert.Equal(0, _asks.Fire(Context));
        Assert.Equal(StateSharing.LetterCapacity, _asks.Count);

        Assert.Equal(StateSharing.LetterCapacity, Collect(_keeps));
        Assert.Equal(StateSharing.LetterCapacity, _keeps.AliasCount);
        while (_asks.Fire(Context) > 0) Collect(_keeps);
        Assert.Equal((0, 0, 0L), (_asks.Count, _keeps.AliasCount, _asks.LostAliases + _keeps.LostAliases));
    }

    [Fact]
    public void Letters_of_an_earlier_hash_mean_nothing()
    {
        Open(NextFlow());
        _keeps.Reset(Buckets);
        Assert.Equal(1, Collect(_keeps));
        Assert.Equal(0, _keeps.AliasCount);
    }

    [Fact]
    public void Letters_of_a_later_hash_wait_until_the_reader_has_come_as_far()
    {
        _asks.Reset(Buckets);
        Open(NextFlow());
        Assert.Equal(0, Collect(_keeps));
        Assert.Equal((0, 1), (_keeps.AliasCount, _sharing.LettersWaiting));
        _keeps.Reset(Buckets);
        Assert.Equal(1, Collect(_keeps));
        Assert.Equal(1, _keeps.AliasCount);
    }

    [Fact]
    public void Under_another_hash_aliases_go_with_the_buckets_to_their_owners()
    {
        NewFlow flow = NextFlow();
        Open(flow);
        Collect(_keeps);
        foreach (FirewallShard shard in _shards) shard.Reset(Buckets);
        Assert.Equal((1, 0), (_asks.AliasCount, _keeps.AliasCount));
        ushort bucket = ArrivalBucket.Of(Rules, flow.Stack.Turned(), isReply: false);
        _keeps.Attach(bucket, _asks.Detach(bucket));
        Assert.Equal((0, 1), (_asks.AliasCount, _keeps.AliasCount));
    }

    [Fact]
    public void While_a_bucket_moves_its_owner_before_is_lent_what_is_told_to_the_next_one()
    {
        NewFlow flow = NextFlow();
        ushort bucket = ArrivalBucket.Of(Rules, flow.Stack.Turned(), isReply: false);
        BucketMove move = Move(1, Rules, bucket, to: 2);
        Adopt(_asks, move);
        int index = Open(flow);
        Collect(_keeps);
        Collect(_gets);
        Assert.Equal((1, 1), (_keeps.AliasCount, _gets.AliasCount));
        Adopt(_keeps, move);
        Adopt(_gets, move);
        _gets.Attach(bucket, _keeps.Detach(bucket));
        Assert.Equal((0, 1), (_keeps.AliasCount, _gets.AliasCount));

        Assert.True(_asks.TryEnd(index, FlowEnd.Removed));               // who asked does not know yet that it has arrived
        Collect(_keeps);
        Collect(_gets);
        Assert.Equal((0, 0), (_keeps.AliasCount, _gets.AliasCount));
    }

    [Fact]
    public void What_was_lent_for_an_earlier_move_is_not_taken()
    {
        NewFlow flow = NextFlow();
        ushort bucket = ArrivalBucket.Of(Rules, flow.Stack.Turned(), isReply: false);
        BucketMove away = Move(1, Rules, bucket, to: 2), back = Move(2, away.Rules, bucket, to: 1);
        Adopt(_asks, away);
        Open(flow);
        Adopt(_keeps, back);                                            // it was away in between
        Assert.Equal(1, Collect(_keeps));
        Assert.Equal(0, _keeps.AliasCount);
    }

    private StageContext Context => new(_now, 0, _counters, _pool, new FrameSource(_pool, _counters), null);

    private int Collect(FirewallShard shard) => shard.Collect(Context);

    /// <summary>Of a bucket of worker 0, with answers in one of worker 1.</summary>
    private NewFlow NextFlow()
    {
        while (true)
        {
            int number = _lastPort++;
            var key = new FlowKey(false, IpProtocol.Udp, 0x0a00_0001u, (ushort)number, 0x0a01_0000u + (uint)(number >> 16), 53);
            ushort home = ArrivalBucket.Of(Rules, key, isReply: false), answers = ArrivalBucket.Of(Rules, key.Turned(), isReply: true);
            if (Rules.Table.OwnerOf(home) == 0 && Rules.Table.OwnerOf(answers) == 1)
                return new NewFlow(key, key, FlowDirection.In, home, 60);
        }
    }

    private int Open(in NewFlow flow)
    {
        Assert.True(_asks.TryOpen(flow, _now, out int index, out _));
        return index;
    }

    private Frame Arrive(ushort bucket, out FrameBatch batch)
    {
        Assert.True(_pool.TryRent(60, out Frame frame));
        frame.Info.Bucket = bucket;
        batch = new FrameBatch();
        batch.TryAdd(frame);
        return frame;
    }

    private static BucketMove Move(uint number, SteeringRules before, ushort bucket, ushort to)
    {
        ushort[] owners = [.. before.Table.Owners];
        owners[bucket] = to;
        return new BucketMove(number, before, new IndirectionTable([.. owners]));
    }

    private static void Adopt(FirewallShard shard, BucketMove move)
    {
        shard.Adopt(move);
        shard.Adopt(move.Rules);
    }
}

using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

/// <summary>
/// Flows whose frames are steered to one bucket while their state is kept in another: each frame is judged where the state is, in order,
/// whatever moves meanwhile.
/// </summary>
public sealed class AliasTests
{
    [Fact]
    public void A_frame_that_finds_an_alias_is_judged_by_the_owner_of_the_bucket_it_names()
    {
        using var storm = new AliasStorm(seed: 1, workers: 3);
        storm.Enter(flow: 4, frames: 5);
        storm.MustHaveKeptOrder();
        Assert.Equal(5, storm.Redirected);
    }

    [Fact]
    public void An_error_goes_where_the_flow_it_quotes_arrives_and_from_there_to_its_state()
    {
        using var storm = new AliasStorm(seed: 1, workers: 3);
        for (int i = 0; i < 4; i++) storm.EnterError(flow: 5);          // steered to bucket 7, quotes bucket 9, has its state in 7
        for (int i = 0; i < 4; i++) storm.EnterError(flow: 4);          // to 12, 4 and 11
        storm.MustHaveKeptOrder();
        Assert.Equal(8, storm.HandedOffTwice);
    }

    [Fact]
    public void A_frame_that_was_redirected_before_is_not_sent_on()
    {
        using WorkerRig rig = Two();
        var batch = new FrameBatch();
        batch.TryAdd(rig.Queue(0).Arrive(new byte[60]));
        IndirectionTable table = IndirectionTable.Even(16, 2);
        Assert.True(Redirection.TryHandOff(batch, 0, 5, table, rig.Counters));
        Frame frame = batch.Frames[0];
        Assert.Equal((Disposition.HandOff, (ushort)5, (ushort)1), (frame.Info.Disposition, frame.Info.Bucket, frame.Info.Worker));
        Assert.False(Redirection.TryHandOff(batch, 0, 6, table, rig.Counters));
        Assert.Equal((ushort)5, frame.Info.Bucket);
        rig.StepUntilIdle();
    }

    [Fact]
    public void Of_a_train_the_head_goes_and_its_followers_stand_behind_it_again()
    {
        using WorkerRig rig = Two();
        FrameBatch batch = new();
        Frame[] frames = [.. Enumerable.Range(0, 3).Select(_ => rig.Queue(0).Arrive(new byte[60]))];
        for (int i = 0; i < frames.Length; i++) frames[i].Info.Position = i;
        (frames[0].Info.Next, frames[1].Info.Next, frames[0].Info.Last) = (frames[1], frames[2], frames[2]);
        (frames[0].Info.TrainFrames, frames[0].Info.TrainBytes) = (3, 180);
        batch.TryAdd(frames[0]);
        (rig.Counters.LroSuperframes, rig.Counters.LroSegments) = (1, 3);
        Assert.True(Redirection.TryHandOff(batch, 0, 5, IndirectionTable.Even(16, 2), rig.Counters));
        Assert.Equal(frames, batch.Frames.ToArray());
        Assert.Equal((1, 1, 1), (batch.Ended, frames[0].WireFrames, frames[1].WireFrames));
        Assert.Equal((0L, 0L), (rig.Counters.LroSuperframes, rig.Counters.LroSegments));
        rig.StepUntilIdle();
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(8, false)]
    [InlineData(2, true)]
    [InlineData(5, true)]
    public void Whatever_moves_each_frame_is_judged_where_the_state_is_and_in_order(int workers, bool swaps)
    {
        int seeds = TestSize.Of(person: 10, server: 100, soak: 1000), first = TestSize.Seed(1);
        for (int seed = first; seed < first + seeds; seed++)
        {
            using var storm = new AliasStorm(seed, workers);
            int changes = 0;
            for (int round = 0; round < 1000; round++)
            {
                storm.Round();
                if (storm.TryChange(swaps && round % 7 == 0)) changes++;
            }

            storm.MustHaveKeptOrder();
            Assert.True(changes > 5 && storm.Redirected > 100, $"Seed {seed}: only {changes} changes and {storm.Redirected} redirected.");
            Assert.True(storm.HandedOffTwice > 5, $"Seed {seed}: only {storm.HandedOffTwice} errors were handed off twice.");
        }
    }

    private static WorkerRig Two() => new(2, WorkerRig.FlatPorts(1), _ => new StageSequence([], [], [ScriptedStage.LeavingBy(0)]));
}

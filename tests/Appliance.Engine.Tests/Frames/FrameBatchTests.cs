using Xunit;

namespace Appliance.Engine.Tests.Frames;

public sealed class FrameBatchTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(128, 0, 0));

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_full_batch_refuses_and_leaves_the_frame_with_the_caller()
    {
        var batch = new FrameBatch(2);
        Frame[] frames = Rent(3);
        Assert.True(batch.TryAdd(frames[0]) && batch.TryAdd(frames[1]));
        Assert.False(batch.TryAdd(frames[2]));
        Assert.Equal((2, 2, 0), (batch.Capacity, batch.Count, batch.Room));
        Assert.Equal(frames[..2], batch.Frames.ToArray());
    }

    [Fact]
    public void What_a_port_fills_in_becomes_part_of_the_batch()
    {
        var batch = new FrameBatch(8);
        Frame[] frames = Rent(5);
        batch.TryAdd(frames[0]);
        frames.AsSpan(1).CopyTo(batch.Free);
        batch.Grow(4);
        Assert.Equal(frames, batch.Frames.ToArray());
        Assert.Equal(3, batch.Free.Length);
    }

    [Fact]
    public void Settling_hands_the_ended_out_in_order_and_closes_the_others_up_in_order()
    {
        var random = new Random(64);
        Frame[] frames = Rent(FrameBatch.DefaultCapacity);
        for (int round = 0; round < 200; round++)
        {
            foreach (Frame frame in frames)
                frame.Info.Disposition = Disposition.Continue;
            FrameBatch batch = Fill(frames);
            Frame[] ended = [.. frames.Where(_ => random.Next(3) == 0)];
            foreach (Frame frame in ended.OrderBy(_ => random.Next()))
                EndSomehow(batch, frame, random);

            Assert.Equal(ended.Length, batch.Ended);
            var exit = new ExitLog();
            batch.Settle(exit);
            Assert.Equal(ended, exit.Taken);
            Assert.Equal(frames.Except(ended), batch.Frames.ToArray());
            Assert.Equal(0, batch.Ended);
        }
    }

    [Fact]
    public void A_dropped_frame_leaves_with_its_reason_and_another_with_its_disposition()
    {
        Frame[] frames = Rent(3);
        FrameBatch batch = Fill(frames);
        batch.Drop(frames[1], DropReason.Martian);
        batch.End(frames[2], Disposition.Consume);
        var exit = new ExitLog();
        batch.Settle(exit);
        Assert.Equal((Disposition.Drop, DropReason.Martian), (frames[1].Info.Disposition, frames[1].Info.DropReason));
        Assert.Equal((Disposition.Consume, DropReason.None), (frames[2].Info.Disposition, frames[2].Info.DropReason));
        Assert.Equal(Disposition.Continue, frames[0].Info.Disposition);
    }

    [Fact]
    public void Settling_takes_a_frame_that_was_ended_twice_only_once()
    {
        Frame[] frames = Rent(2);
        FrameBatch batch = Fill(frames);
        batch.Drop(frames[0], DropReason.Martian);
        batch.Drop(frames[0], DropReason.Land);
        var exit = new ExitLog();
        batch.Settle(exit);
        Assert.Equal([frames[0]], exit.Taken);
        Assert.Equal([frames[1]], batch.Frames.ToArray());
    }

    [Fact]
    public void Frames_that_were_marked_otherwise_are_settled_once_they_are_noted()
    {
        Frame[] frames = Rent(4);
        frames[1].Drop(DropReason.CapturedShort);
        frames[3].Drop(DropReason.LinkType);
        FrameBatch batch = Fill(frames);
        Assert.Equal(0, batch.Ended);
        batch.NoteEnded(2);
        Assert.Equal(2, batch.Ended);
        var exit = new ExitLog();
        batch.Settle(exit);
        Assert.Equal([frames[1], frames[3]], exit.Taken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    public void What_is_not_passed_on_moves_to_the_front(int passed)
    {
        Frame[] frames = Rent(5);
        FrameBatch batch = Fill(frames);
        batch.RemoveFirst(passed);
        Assert.Equal(frames[passed..], batch.Frames.ToArray());
    }

    [Theory]
    [InlineData(0, int.MaxValue, 3)]
    [InlineData(0, 2, 2)]
    [InlineData(2, int.MaxValue, 2)]
    [InlineData(4, int.MaxValue, 0)]
    public void As_many_move_to_another_batch_as_it_has_room_for_and_the_rest_stay_in_order(int there, int most, int moved)
    {
        Frame[] frames = Rent(7);
        FrameBatch from = Fill(frames[..3]);
        var into = new FrameBatch(capacity: 4);
        Assert.Equal(there, into.Add(frames.AsSpan(3, there)));
        Assert.Equal(moved, from.MoveTo(into, most));
        Assert.Equal([.. frames[3..(3 + there)], .. frames[..moved]], into.Frames.ToArray());
        Assert.Equal(frames[moved..3], from.Frames.ToArray());
    }

    [Fact]
    public void A_cleared_batch_is_empty_and_has_nothing_ended()
    {
        Frame[] frames = Rent(3);
        FrameBatch batch = Fill(frames);
        batch.Drop(frames[0], DropReason.Land);
        batch.Clear();
        Assert.Equal((0, 0, FrameBatch.DefaultCapacity), (batch.Count, batch.Ended, batch.Room));
    }

    private static void EndSomehow(FrameBatch batch, Frame frame, Random random)
    {
        if (random.Next(2) == 0) batch.Drop(frame, DropReason.Block);
        else batch.End(frame, Disposition.Transmit);
    }

    private static FrameBatch Fill(Frame[] frames)
    {
        var batch = new FrameBatch();
        foreach (Frame frame in frames)
            Assert.True(batch.TryAdd(frame));
        return batch;
    }

    private Frame[] Rent(int count)
    {
        var frames = new Frame[count];
        foreach (ref Frame frame in frames.AsSpan())
            Assert.True(_pool.TryRent(64, out frame));
        return frames;
    }

    private sealed class ExitLog : IFrameExit
    {
        public List<Frame> Taken { get; } = [];

        public int TakeRun(ReadOnlySpan<Frame> frames)
        {
            Take(frames[0]);
            return 1;
        }

        public void Take(Frame frame) => Taken.Add(frame);
    }
}

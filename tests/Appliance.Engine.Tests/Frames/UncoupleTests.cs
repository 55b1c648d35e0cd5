using Xunit;

namespace Appliance.Engine.Tests.Frames;

/// <summary>Trains made of a batch's frames, and the batch as it was before them.</summary>
public sealed class UncoupleTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(64, 0, 0));

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Taking_all_trains_apart_in_order_gives_the_batch_as_it_came()
    {
        var random = new Random(3);
        for (int round = 0; round < 500; round++)
        {
            Frame[] frames = Rent(random.Next(1, 65));
            FrameBatch batch = Coupled(frames, [.. frames.Select(_ => random.Next(6))]);
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Frames[i].IsTrain) batch.Uncouple(i);
            }

            Assert.Equal(frames, batch.Frames.ToArray());
            Assert.All(frames, frame => Assert.Equal((true, 1), (frame.Info.Next.IsNull, frame.WireFrames)));
            foreach (Frame frame in frames) _pool.Return(frame);
        }
    }

    [Fact]
    public void Followers_go_the_way_that_was_found_for_the_head()
    {
        Frame[] frames = Rent(4);
        FrameBatch batch = Coupled(frames, [0, 1, 0, 1]);
        frames[0].Info.EgressPort = 7;
        frames[0].Info.NextHop = 99;
        batch.Uncouple(0);
        Assert.Equal([frames[0], frames[1], frames[2]], batch.Frames.ToArray());
        Assert.Equal(((ushort)7, 99ul), (frames[2].Info.EgressPort, frames[2].Info.NextHop));
    }

    /// <summary>Frames of the same flow become a train at the place of its first.</summary>
    private static FrameBatch Coupled(Frame[] frames, int[] flows)
    {
        var batch = new FrameBatch();
        var heads = new List<byte>();
        for (int i = 0; i < frames.Length; i++)
        {
            batch.TryAdd(frames[i]);
            frames[i].Info.Position = i;
            int first = Array.IndexOf(flows, flows[i]);
            if (first == i)
            {
                heads.Add((byte)i);
                continue;
            }

            Frame head = frames[first];
            Frame last = head.Info.Last.IsNull ? head : head.Info.Last;
            last.Info.Next = frames[i];
            head.Info.Last = frames[i];
            head.Info.TrainFrames = head.WireFrames + 1;
        }

        batch.KeepOnly([.. heads]);
        return batch;
    }

    private Frame[] Rent(int count)
    {
        var frames = new Frame[count];
        for (int i = 0; i < count; i++) Assert.True(_pool.TryRent(60, out frames[i]));
        return frames;
    }
}

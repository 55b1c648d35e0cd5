using Appliance.Engine;
using Appliance.Offload.Tests.Steering;
using Appliance.Testing;
using Xunit;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>
/// Bursts through parse, steer and coalesce. The outcome is given as the frames' numbers, a list for each frame and train that is left; all
/// else that a train promises is checked here: no byte changed, the chain and its sums, the counters.
/// </summary>
internal sealed class CoalesceRig : IDisposable
{
    /// <summary>Two ports that verify by themselves, each with VLAN 5; one that is believed; one without lro.</summary>
    public const int Lan = 0, Wan = 1, Believed = 2, Off = 3, Lan5 = 4, Wan5 = 5;

    private readonly FramePool _pool = new(0, new FramePoolSize(256, 64, 2));
    private readonly CoalesceStage _stage = new(Ports);

    public static PortTable Ports { get; } = new(
    [
        Port(Lan) with { Coalesces = true },
        Port(Wan) with { Coalesces = true },
        Port(Believed) with { Coalesces = true, BelievesChecksums = true },
        Port(Off),
        Port(Lan5) with { Coalesces = true, Parent = Lan, VlanId = 5 },
        Port(Wan5) with { Coalesces = true, Parent = Wan, VlanId = 5 },
    ]);

    public WorkerCounters Counters { get; private set; } = new(Ports.Count);

    /// <summary>Of the last burst, by frame: what is known of its checksum then.</summary>
    public ChecksumState[] Checksums { get; private set; } = [];

    private StageContext Context => new(new MonotonicTime(0), 0, Counters, _pool, new FrameSource(_pool, Counters), null);

    public List<List<int>> Couple(params TestSegment[] segments) => Couple([.. segments.Select(segment => new Arrival(segment.ToFrame()))]);

    public List<List<int>> Couple(params byte[][] frames) => Couple([.. frames.Select(frame => new Arrival(frame))]);

    /// <summary>Frames that parsing refuses are left out, as they are on the path.</summary>
    public List<List<int>> Couple(IReadOnlyList<Arrival> arrivals, Action<Frame, int>? edit = null)
    {
        Counters = new WorkerCounters(Ports.Count);
        FrameBatch batch = Arrive(arrivals, out Dictionary<Frame, int> numbers);
        for (int i = 0; i < batch.Count; i++)
            edit?.Invoke(batch.Frames[i], numbers[batch.Frames[i]]);
        Frame[] before = [.. batch.Frames];
        _stage.Process(batch, Context);
        List<List<int>> left = [.. batch.Frames.ToArray().Select(frame => ChainOf(frame, numbers))];
        MustBeWhole(arrivals, before, numbers, left);
        Checksums = new ChecksumState[arrivals.Count];
        foreach (Frame frame in before)
        {
            Checksums[numbers[frame]] = frame.Info.Checksum;
            _pool.Return(frame);
        }

        return left;
    }

    public void Dispose() => _pool.Dispose();

    private static PortFacts Port(int index) =>
        new() { Index = index, Name = $"port{index}", Physical = index % 4, Mac = TestFrames.Router };

    private FrameBatch Arrive(IReadOnlyList<Arrival> arrivals, out Dictionary<Frame, int> numbers)
    {
        var batch = new FrameBatch();
        numbers = [];
        for (int i = 0; i < arrivals.Count; i++)
        {
            Assert.True(_pool.TryRent(arrivals[i].Frame.Length, out Frame frame));
            frame.Room.Fill(0xa5);                                          // what a vector sees behind the frame is of no matter
            arrivals[i].Frame.CopyTo(frame.Bytes);
            frame.Info.IngressPort = (ushort)arrivals[i].Port;
            frame.Info.Checksum = arrivals[i].Checksum;
            numbers.Add(frame, i);
            Assert.True(batch.TryAdd(frame));
        }

        new ParseStage(Ports).Process(batch, Context);
        batch.Settle(new Refused(_pool));
        new SteerStage(0, SteeringRig.Symmetric with { Table = IndirectionTable.Even(128, 1) }).Process(batch, Context);
        return batch;
    }

    private static List<int> ChainOf(Frame head, Dictionary<Frame, int> numbers)
    {
        List<int> chain = [];
        int bytes = 0, longest = 0;
        Frame last = head;
        for (Frame frame = head; !frame.IsNull; frame = frame.Info.Next)
        {
            chain.Add(numbers[frame]);
            bytes += frame.Length;
            longest = Math.Max(longest, frame.Info.DatagramLength);
            last = frame;
        }

        (int Frames, int Bytes, int Longest, Frame Last) expected = chain.Count == 1 ? default : (chain.Count, bytes, longest, last);
        Assert.Equal(expected, (head.Info.TrainFrames, head.Info.TrainBytes, head.Info.TrainLargest, head.Info.Last));
        return chain;
    }

    private void MustBeWhole(IReadOnlyList<Arrival> arrivals, Frame[] before, Dictionary<Frame, int> numbers, List<List<int>> left)
    {
        foreach (Frame frame in before)
            Assert.True(frame.Bytes.SequenceEqual(arrivals[numbers[frame]].Frame), $"frame {numbers[frame]} was changed");
        Assert.Equal(before.Select(frame => numbers[frame]), left.SelectMany(chain => chain).Order());
        List<int>[] trains = [.. left.Where(chain => chain.Count > 1)];
        Assert.Equal((trains.Length, trains.Sum(chain => chain.Count)), (Counters.LroSuperframes, Counters.LroSegments));
        if (trains.Length > 0) Assert.Equal(Enumerable.Range(0, before.Length), before.Select(frame => frame.Info.Position));
    }

    private sealed class Refused(FramePool pool) : IFrameExit
    {
        public int TakeRun(ReadOnlySpan<Frame> frames)
        {
            Take(frames[0]);
            return 1;
        }

        public void Take(Frame frame) => pool.Return(frame);
    }
}

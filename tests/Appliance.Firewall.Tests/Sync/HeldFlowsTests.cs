using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests.Sync;

/// <summary>Frames that wait by flow, against a list of lists.</summary>
public sealed class HeldFlowsTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(2048, 0, 0));
    private readonly HeldFlows _flows = new();
    private readonly List<(int State, ulong Id, List<Frame> Frames)> _twin = [];

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 8)]
    [InlineData(3, 100)]
    public void Flows_leave_in_the_order_in_which_they_began_and_frames_in_theirs(uint seed, int leavesOneOf)
    {
        var random = new Random((int)seed);
        int steps = TestSize.Of(20_000, 100_000, 5_000_000);
        for (int step = 0; step < steps; step++)
        {
            if (random.Next(leavesOneOf) == 0) LeaveFirst();
            else Add(random.Next(1500) * 7, (ulong)random.Next(3), chained: random.Next(20) == 0 ? 5 : 1);
            Assert.Equal(_twin.Sum(flow => flow.Frames.Sum(HeldFlows.FramesOf)), _flows.Frames);
            Assert.Equal(_twin.Count > 0, _flows.Any);
        }

        while (_flows.Any) LeaveFirst();
        Assert.Equal((0, 0), (_flows.Frames, _pool.InFlight));
        Assert.False(_flows.TryFind(7, 0, out _));
    }

    private void Add(int state, ulong id, int chained)
    {
        int known = _twin.FindIndex(flow => flow.State == state && flow.Id == id);
        Assert.Equal(known >= 0, _flows.TryFind(state, id, out uint ordinal));
        if (known < 0)
        {
            Assert.Equal(_twin.Count < HeldFlows.MaxFlows && _flows.Frames < HeldFlows.MaxFrames, _flows.HasRoom);
            if (!_flows.HasRoom) return;
            ordinal = _flows.Begin(new HeldFlows.Place { State = state, Id = id });
            _twin.Add((state, id, []));
            known = _twin.Count - 1;
        }

        Frame frame = Rent(chained);
        bool hasRoom = _flows.Frames + chained <= HeldFlows.MaxFrames && _twin[known].Frames.Count < HeldFlows.MaxOfOne;
        Assert.Equal(hasRoom, _flows.TryAdd(ordinal, frame));
        if (hasRoom) _twin[known].Frames.Add(frame);
        else Return(frame);
    }

    private void LeaveFirst()
    {
        if (_twin.Count == 0) return;
        (int state, ulong id, List<Frame> frames) = _twin[0];
        Assert.Equal((state, id), (_flows.First.State, _flows.First.Id));
        foreach (Frame expected in frames)
        {
            Assert.True(_flows.TryTakeOfFirst(out Frame frame));
            Assert.Equal(expected, frame);
            Return(frame);
        }

        Assert.False(_flows.TryTakeOfFirst(out _));
        _twin.RemoveAt(0);
    }

    private Frame Rent(int chained)
    {
        Assert.True(_pool.TryRent(64, out Frame first));
        Frame last = first;
        for (int i = 1; i < chained; i++)
        {
            Assert.True(_pool.TryRent(64, out Frame next));
            last = last.Info.Next = next;
        }

        return first;
    }

    private void Return(Frame frame)
    {
        while (!frame.IsNull)
        {
            Frame next = frame.Info.Next;
            _pool.Return(frame);
            frame = next;
        }
    }
}

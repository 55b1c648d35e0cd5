using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>Frames that wait for neighbours, against a list of them.</summary>
public sealed class WaitingFramesTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(2048, 0, 0));
    private readonly WaitingFrames _frames = new(new NeighbourHash(KeyedRandom.FromSeed(3)));
    private readonly List<(NeighbourKey Key, Frame[] Chain)> _twin = [];
    private readonly List<Frame> _twinEnded = [];

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_comes_and_goes_the_oldest_end_first(uint seed)
    {
        var random = KeyedRandom.FromSeed(seed);
        int steps = TestSize.Of(4000, 20_000, 2_000_000);
        for (uint step = 0; step < steps; step++)
        {
            ulong draw = random.Draw(RandomPurpose.FlowTable, step, 0, 0);
            NeighbourKey key = KeyOf((int)(draw % 60));
            switch ((draw >> 32) % 16)
            {
                case < 12:
                    Add(key, 1 + (int)((draw >> 40) % 16 == 0 ? 20 : 0), (ushort)((draw >> 50) % 4));
                    break;
                case 12:
                    ReleaseAll(key);
                    break;
                case 13 when _twin.Count > 0:
                    _frames.EndOldest();
                    EndTwin(_twin[0]);
                    break;
                case 14 when (draw >> 50) % 20 == 0:
                    EndBucket((ushort)((draw >> 55) % 4));
                    break;
                default:
                    TakeEnded();
                    break;
            }

            MustBeAlike();
        }

        while (_twin.Count > 0) ReleaseAll(_twin[0].Key);
        TakeEnded();
        Assert.Equal((0, 0, 0), (_frames.Waiting, _frames.Ended, _frames.Places));
        Assert.Equal(0, _pool.InFlight);
    }

    private static NeighbourKey KeyOf(int number) => new((ushort)(number % 2), new Ipv4Address(0x0a00_0000 + (uint)number));

    private void Add(NeighbourKey key, int length, ushort bucket)
    {
        Frame[] chain = [.. Enumerable.Range(0, length).Select(_ => Rent())];
        for (int i = 1; i < length; i++) chain[i - 1].Info.Next = chain[i];
        chain[0].Info.Bucket = bucket;
        while (_twin.Sum(waiting => waiting.Chain.Length) + length > WaitingFrames.MaxInAll) EndTwin(_twin[0]);
        if (_twin.Count(waiting => waiting.Key == key) >= WaitingFrames.MaxOfOne) EndTwin(_twin.First(waiting => waiting.Key == key));
        _twin.Add((key, chain));
        _frames.Add(chain[0], key, new MonotonicTime(1));
    }

    private void ReleaseAll(NeighbourKey key)
    {
        bool isThere = _frames.TryFind(key, out int place);
        Assert.Equal(_twin.Exists(waiting => waiting.Key == key), isThere);
        for (bool isLast = !isThere; !isLast;)
        {
            (NeighbourKey Key, Frame[] Chain) expected = _twin.First(waiting => waiting.Key == key);
            Assert.Equal(expected.Chain[0], _frames.TakeFirst(place, out isLast));
            _twin.Remove(expected);
            Return(expected.Chain[0]);
        }

        Assert.DoesNotContain(_twin, waiting => waiting.Key == key);
    }

    private void EndBucket(ushort bucket)
    {
        while (_twin.Exists(waiting => waiting.Chain[0].Info.Bucket == bucket))
        {
            NeighbourKey key = _twin.First(waiting => waiting.Chain[0].Info.Bucket == bucket).Key;
            foreach ((NeighbourKey, Frame[]) waiting in _twin.Where(waiting => waiting.Key == key).ToArray()) EndTwin(waiting);
        }

        _frames.EndAll(bucket);
    }

    private void EndTwin((NeighbourKey Key, Frame[] Chain) waiting)
    {
        _twin.Remove(waiting);
        _twinEnded.Add(waiting.Chain[0]);
    }

    private void TakeEnded()
    {
        foreach (Frame expected in _twinEnded)
        {
            Assert.True(_frames.TryTakeEnded(out Frame ended));
            Assert.Equal(expected, ended);
            Assert.Equal((Disposition.Drop, DropReason.NoNeighbour), (ended.Info.Disposition, ended.Info.DropReason));
            int chained = 0;
            for (Frame next = ended; !next.IsNull; next = next.Info.Next) chained++;
            Assert.Equal(chained, ended.WireFrames);
            Return(ended);
        }

        _twinEnded.Clear();
        Assert.False(_frames.TryTakeEnded(out _));
    }

    private void MustBeAlike()
    {
        Assert.Equal(_twin.Sum(waiting => waiting.Chain.Length), _frames.Waiting);
        Assert.Equal(_twin.Select(waiting => waiting.Key).Distinct().Count(), _frames.Places);
    }

    private Frame Rent() => _pool.TryRent(100, out Frame frame) ? frame : throw new InvalidOperationException("The pool is empty.");

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

using Xunit;

namespace Appliance.Engine.Tests.Frames;

public sealed class FrameSourceTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(FrameSource.Capacity + 16, 0, 0));
    private readonly WorkerCounters _counters = new(ports: 1);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_submitted_frame_waits_and_is_counted_as_generated()
    {
        var source = new FrameSource(_pool, _counters);
        Assert.True(source.TryBegin(98, out Frame frame));
        Assert.Equal((98, 0L), (frame.Length, _counters.Generated));
        source.Submit(frame);
        Assert.Equal(1, _counters.Generated);
        Assert.Equal([frame], source.Submitted.Frames.ToArray());
        Assert.Equal(FrameTraits.Generated, frame.Info.Traits);
    }

    [Fact]
    public void A_breath_that_wants_more_than_the_limit_is_refused_before_it_takes_a_frame()
    {
        var source = new FrameSource(_pool, _counters);
        for (int i = 0; i < FrameSource.Capacity; i++)
        {
            Assert.True(source.TryBegin(64, out Frame frame));
            source.Submit(frame);
        }

        Assert.False(source.TryBegin(64, out Frame refused));
        Assert.True(refused.IsNull);
        Assert.Equal(FrameSource.Capacity, _pool.InFlight);
    }

    [Fact]
    public void A_frame_begun_before_the_limit_was_reached_goes_home_and_is_not_counted()
    {
        var source = new FrameSource(_pool, _counters);
        Assert.True(source.TryBegin(64, out Frame late));
        for (int i = 0; i < FrameSource.Capacity; i++)
        {
            Assert.True(source.TryBegin(64, out Frame frame));
            source.Submit(frame);
        }

        source.Submit(late);
        Assert.Equal(FrameSource.Capacity, _counters.Generated);
        Assert.Equal(FrameSource.Capacity, source.Submitted.Count);
        Assert.Equal(FrameSource.Capacity, _pool.InFlight);
    }

    [Fact]
    public void An_empty_pool_refuses()
    {
        var source = new FrameSource(_pool, _counters);
        while (_pool.TryRent(64, out _))
        {
        }

        Assert.False(source.TryBegin(64, out Frame refused));
        Assert.True(refused.IsNull);
    }
}

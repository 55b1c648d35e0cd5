using Appliance.Engine;
using Xunit;

namespace Appliance.Routing.Tests;

/// <summary>Against the bucket that the rule speaks of: 50 deep, filled by one every hundredth of a second.</summary>
public sealed class ReplyLimitTests
{
    private const long Tick = 10_000_000;                               // nanoseconds

    [Fact]
    public void It_answers_like_a_bucket_of_fifty_that_fills_by_a_hundred_a_second()
    {
        var random = new Random(3);
        for (int round = 0; round < 50; round++)
        {
            var limit = new ReplyLimit(4);
            long now = random.Next(1000), last = now;
            double tokens = 50;
            for (int i = 0; i < 2000; i++)
            {
                now += random.Next(3) == 0 ? Tick * random.Next(5) : 0;     // whole ticks, where both count exactly
                tokens = Math.Min(50, tokens + ((now - last) / (double)Tick));
                last = now;
                bool expected = tokens >= 1;
                if (expected) tokens--;
                Assert.Equal(expected, limit.TryTake(1, new MonotonicTime(now)));
            }
        }
    }

    [Fact]
    public void Each_bucket_has_its_own()
    {
        var limit = new ReplyLimit(4);
        var now = new MonotonicTime(0);
        for (ushort bucket = 0; bucket < 4; bucket++)
        {
            for (int i = 0; i < ReplyLimit.Burst; i++)
                Assert.True(limit.TryTake(bucket, now));
            Assert.False(limit.TryTake(bucket, now));
        }
    }

    [Theory]
    [InlineData(long.MinValue / 4)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue / 2)]
    [InlineData(long.MaxValue)]
    public void Any_time_that_a_capture_can_claim_is_limited(long time)
    {
        var limit = new ReplyLimit(1);
        Assert.Equal(ReplyLimit.Burst, Enumerable.Range(0, 1000).Count(_ => limit.TryTake(0, new MonotonicTime(time))));
    }
}

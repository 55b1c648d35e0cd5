using System.Net;
using Appliance.Engine;
using Xunit;

namespace Appliance.Management.Tests;

public sealed class FailureLimitTests
{
    private const long Second = 1_000_000_000;
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1"), Other = IPAddress.Parse("192.0.2.2");

    private readonly FailureLimit _limit = new();

    [Fact]
    public void A_source_is_wrong_ten_times_at_once_and_then_once_a_second()
    {
        var now = new MonotonicTime(5 * Second);
        for (int i = 0; i < FailureLimit.Burst; i++)
        {
            Assert.True(_limit.MayTry(One, now));
            _limit.Fail(One, now);
        }

        Assert.False(_limit.MayTry(One, now));
        Assert.True(_limit.MayTry(Other, now));
        Assert.False(_limit.MayTry(One, now + (Second - 1)));
        Assert.True(_limit.MayTry(One, now + Second));
        _limit.Fail(One, now + Second);
        Assert.False(_limit.MayTry(One, now + Second));
        Assert.True(_limit.MayTry(One, now + (20 * Second)));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", false)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    public void One_network_of_ipv6_is_one_source(string wrong, string asks, bool may)
    {
        for (int i = 0; i < FailureLimit.Burst; i++) _limit.Fail(IPAddress.Parse(wrong), new MonotonicTime(1));
        Assert.Equal(may, _limit.MayTry(IPAddress.Parse(asks), new MonotonicTime(1)));
    }

    [Fact]
    public void Whoever_is_not_remembered_shares_one_budget_with_all_such_others()
    {
        var now = new MonotonicTime(Second);
        for (uint i = 0; i < FailureLimit.MaximumSources; i++) _limit.Fail(new IPAddress(i), now);
        for (uint i = 0; i < FailureLimit.Burst; i++)
        {
            Assert.True(_limit.MayTry(One, now));
            _limit.Fail(i % 2 == 0 ? One : Other, now);
        }

        Assert.False(_limit.MayTry(One, now));
        Assert.False(_limit.MayTry(IPAddress.Parse("2001:db8::1"), now));
        Assert.True(_limit.MayTry(new IPAddress(1U), now));                                       // remembered: its own budget
    }

    [Fact]
    public void More_sources_than_are_remembered_are_one_and_those_remembered_stay()
    {
        var now = new MonotonicTime(Second);
        for (int i = 0; i < FailureLimit.Burst; i++) _limit.Fail(One, now);
        for (uint i = 0; i < 3 * FailureLimit.MaximumSources; i++) _limit.Fail(new IPAddress(i), now);
        Assert.False(_limit.MayTry(One, now));
        for (int i = 0; i < 200; i++) _limit.Fail(Other, now + (30 * Second));                    // those before are free again
        Assert.False(_limit.MayTry(Other, now + (30 * Second)));
    }
}

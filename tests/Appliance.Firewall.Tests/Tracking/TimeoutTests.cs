using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class TimeoutTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData("tcp.first", 120)]
    [InlineData("tcp.opening", 30)]
    [InlineData("tcp.established", 86_400)]
    [InlineData("tcp.closing", 900)]
    [InlineData("tcp.finwait", 45)]
    [InlineData("tcp.closed", 90)]
    [InlineData("tcp.tsdiff", 30)]
    [InlineData("sctp.first", 120)]
    [InlineData("sctp.opening", 30)]
    [InlineData("sctp.established", 86_400)]
    [InlineData("sctp.closing", 900)]
    [InlineData("sctp.closed", 90)]
    [InlineData("udp.first", 60)]
    [InlineData("udp.single", 30)]
    [InlineData("udp.multiple", 60)]
    [InlineData("icmp.first", 20)]
    [InlineData("icmp.error", 10)]
    [InlineData("other.first", 60)]
    [InlineData("other.single", 30)]
    [InlineData("other.multiple", 60)]
    [InlineData("frag", 60)]
    [InlineData("interval", 10)]
    [InlineData("adaptive.start", 60_000)]
    [InlineData("adaptive.end", 120_000)]
    [InlineData("src.track", 0)]
    public void Defaults_are_those_of_pf(string name, int value)
    {
        Assert.True(StateTimeouts.TryParseName(name, out StateTimeout timeout));
        Assert.Equal(name, StateTimeouts.NameOf(timeout));
        Assert.Equal(value, StateTimeouts.Default[timeout]);
    }

    [Theory]
    [InlineData("normal", 120, 30, 86_400, 900, 45, 90, 30)]
    [InlineData("aggressive", 30, 5, 18_000, 60, 30, 30, 10)]
    [InlineData("conservative", 3600, 900, 432_000, 3600, 600, 180, 60)]
    [InlineData("satellite", 180, 35, 86_400, 905, 50, 95, 60)]
    [InlineData("high-latency", 180, 35, 86_400, 905, 50, 95, 60)]
    public void Optimizations_are_those_of_pfctl(string word, params int[] values)
    {
        Assert.True(StateTimeouts.TryParseOptimization(word, out StateOptimization optimization));
        StateTimeouts timeouts = StateTimeouts.Default.With(StateOptimization.Aggressive).With(optimization);
        StateTimeout[] tcp =
        [
            StateTimeout.TcpFirst, StateTimeout.TcpOpening, StateTimeout.TcpEstablished, StateTimeout.TcpClosing, StateTimeout.TcpFinWait,
            StateTimeout.TcpClosed, StateTimeout.TcpTimestampDifference,
        ];
        Assert.Equal(values, tcp.Select(timeout => timeouts[timeout]));
        Assert.Equal(60, timeouts[StateTimeout.UdpMultiple]);
    }

    [Fact]
    public void Words_that_pf_does_not_know_are_refused()
    {
        Assert.False(StateTimeouts.TryParseName("tcp.fist", out _));
        Assert.False(StateTimeouts.TryParseOptimization("fast", out _));
    }

    [Theory]
    [InlineData(0, 86_400)]
    [InlineData(60_000, 86_400)]
    [InlineData(60_001, 86_398)]
    [InlineData(90_000, 43_200)]
    [InlineData(119_999, 1)]
    [InlineData(120_000, 0)]
    [InlineData(200_000, 0)]
    public void Timeouts_shrink_between_the_adaptive_limits(long states, long seconds) =>
        Assert.Equal(seconds * Second, StateTimeouts.Default.LifetimeNanoseconds(StateTimeout.TcpEstablished, states));

    [Fact]
    public void Without_adaptive_limits_nothing_shrinks()
    {
        StateTimeouts off = StateTimeouts.Default.With(StateTimeout.AdaptiveStart, 0).With(StateTimeout.AdaptiveEnd, 0);
        Assert.Equal(90 * Second, off.LifetimeNanoseconds(StateTimeout.TcpClosed, 1_000_000));
        StateTimeouts limited = StateTimeouts.Default.WithStateLimit(1_000_000);
        Assert.Equal((600_000, 1_200_000), (limited[StateTimeout.AdaptiveStart], limited[StateTimeout.AdaptiveEnd]));
    }

    [Fact]
    public void Challenges_are_limited_for_each_connection_by_itself()
    {
        TcpScript one = TcpScript.In("ESTABLISHED:ESTABLISHED"), other = TcpScript.In("ESTABLISHED:ESTABLISHED");
        var now = new MonotonicTime(100 * Second);
        for (int i = 0; i < ChallengeLimit.Answers; i++)
            Assert.True(ChallengeLimit.TryTake(ref one.Track, now));
        Assert.False(ChallengeLimit.TryTake(ref one.Track, now + (4 * Second)));
        Assert.True(ChallengeLimit.TryTake(ref other.Track, now));
        Assert.True(ChallengeLimit.TryTake(ref one.Track, now + (5 * Second)));
    }
}

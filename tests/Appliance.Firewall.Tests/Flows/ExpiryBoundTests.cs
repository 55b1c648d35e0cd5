using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>The quick test beside the exact one, <see cref="AdaptiveTimeouts.Scale"/>.</summary>
public sealed class ExpiryBoundTests
{
    private const long Second = 1_000_000_000;
    private static readonly MonotonicTime Now = new(1000 * Second);

    private static readonly AdaptiveTimeouts Adaptive = new(600, 1200);

    [Fact]
    public void Without_a_scale_it_is_exact()
    {
        ExpiryBound bound = ExpiryBound.Unscaled(Now);
        Assert.False(bound.IsAlive(State(60, Now.Nanoseconds - (60 * Second))));
        Assert.True(bound.IsAlive(State(60, Now.Nanoseconds - (60 * Second) + 1)));
        Assert.Equal(bound, ExpiryBound.Scaled(Now, Adaptive, Adaptive.Start));
        Assert.Equal(bound, ExpiryBound.Scaled(Now, AdaptiveTimeouts.Off, 1_000_000));
    }

    [Fact]
    public void The_longest_timeout_of_all_does_not_overflow() =>
        Assert.True(ExpiryBound.Unscaled(Now).IsAlive(State(uint.MaxValue, Now.Nanoseconds)));

    /// <summary>Around the end of a state, at every number of states from before the scale's start to behind its end.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(86_400)]
    [InlineData(4_000_000_000)]
    public void What_it_calls_alive_has_not_expired_and_what_has_clearly_more_than_a_second_left_it_calls_alive(uint timeout)
    {
        int alive = 0, unsure = 0;
        long slack = Second + timeout;                                  // a nanosecond for each second that the scale is rounded off
        for (int states = 590; states <= 1210; states++)
        {
            ExpiryBound bound = ExpiryBound.Scaled(Now, Adaptive, states);
            long life = Adaptive.Scale(timeout, states) * Second;
            foreach (long left in (long[])[-Second, -1, 0, 1, Second / 2, Second, slack + 1, slack + Second, slack + (90 * Second)])
            {
                FlowRecord state = State(timeout, Now.Nanoseconds + left - life);
                bool isExpired = state.LastSeen.Nanoseconds + life <= Now.Nanoseconds, isAlive = bound.IsAlive(state);
                Assert.False(isAlive && isExpired, $"{states} states, {left} ns left");
                if (states < Adaptive.End && left > slack) Assert.True(isAlive, $"{states} states, {left} ns left");
                if (isAlive) alive++;
                else if (!isExpired) unsure++;
            }
        }

        Assert.True(alive > 0 && unsure > 0);
    }

    [Fact]
    public void With_as_many_states_as_there_may_be_nothing_is_certain()
    {
        FlowRecord state = State(86_400, Now.Nanoseconds);
        Assert.False(ExpiryBound.Scaled(Now, Adaptive, Adaptive.End).IsAlive(state));
        Assert.False(ExpiryBound.Unknown.IsAlive(state));
    }

    private static FlowRecord State(uint timeout, long lastSeen) => new() { Timeout = timeout, LastSeen = new MonotonicTime(lastSeen) };
}

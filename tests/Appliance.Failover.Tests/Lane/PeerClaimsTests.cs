using Xunit;

namespace Appliance.Failover.Tests;

/// <summary>Claims that come by turns, put together.</summary>
public sealed class PeerClaimsTests
{
    private readonly PeerClaims _claims = new();
    private int _first;

    [Theory]
    [InlineData(10)]
    [InlineData(Lane.MaxClaims - 1)]
    [InlineData(Lane.MaxClaims)]
    [InlineData(255)]
    [InlineData(1000)]
    public void All_are_known_after_a_round_and_stay_so(int groups)
    {
        Hear(groups, Rounds(groups));
        Assert.Equal((groups, groups / 2), (_claims.Count, _claims.Masters));
        for (int i = 0; i < 200; i++)
        {
            Hear(groups, 1);
            Assert.Equal(groups, _claims.Count);
        }
    }

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(1000, 0)]
    [InlineData(1000, 300)]
    [InlineData(300, Lane.MaxClaims)]
    public void What_is_claimed_no_more_is_forgotten_and_nothing_else(int before, int after)
    {
        Hear(before, Rounds(before));
        _first = 0;
        for (int i = 0; i < 4 * Rounds(before); i++)
        {
            Hear(after, 1);
            Assert.InRange(_claims.Count, after, before);
        }

        Assert.Equal((after, after / 2), (_claims.Count, _claims.Masters));
    }

    /// <summary>Two of three heartbeats are lost, or come too late to count.</summary>
    [Fact]
    public void A_lost_heartbeat_makes_nobody_forget()
    {
        Hear(200, Rounds(200));
        for (int i = 0; i < 300; i++)
        {
            _first = (_first + (2 * (Lane.MaxClaims - 1))) % 200;
            Hear(200, 1);
            Assert.Equal(200, _claims.Count);
        }
    }

    private static int Rounds(int groups) => (groups / (Lane.MaxClaims - 1)) + 1;

    /// <summary>As the peer gathers them; every second group is one that it is master of.</summary>
    private void Hear(int groups, int heartbeats)
    {
        for (int i = 0; i < heartbeats; i++)
        {
            int count = Math.Min(groups, Lane.MaxClaims - 1), first = _first;
            _claims.Take([.. Enumerable.Range(0, count).Select(at => ClaimOf((first + at) % groups))]);
            if (groups > 0) _first = (_first + count) % groups;
        }
    }

    private static LaneClaim ClaimOf(int group)
    {
        CarpState state = group % 2 == 1 ? CarpState.Master : CarpState.Backup;
        return new LaneClaim((uint)(group >> 8), (byte)group, state, new CarpInterval(1, 0), Term: 1, NextCounter: 0);
    }
}

using Appliance.Engine;
using Xunit;
using static Appliance.Failover.Tests.LaneEnds;

namespace Appliance.Failover.Tests;

/// <summary>The lane between two boxes: who is believed to be there, since when, and what proves nothing.</summary>
public sealed class LaneTests(ITestOutputHelper output)
{
    private static readonly LaneClaim Claim = new(0xdead_beef, 7, CarpState.Master, new CarpInterval(1, 100), 42, 0x0123_4567_89ab_cdef);

    [Theory]
    [InlineData(LaneState.Absent, LaneEvent.Greeting, LaneState.Greeted)]
    [InlineData(LaneState.Absent, LaneEvent.Heartbeat, LaneState.Present)]
    [InlineData(LaneState.Absent, LaneEvent.Silence, LaneState.Absent)]
    [InlineData(LaneState.Greeted, LaneEvent.Greeting, LaneState.Greeted)]
    [InlineData(LaneState.Greeted, LaneEvent.Heartbeat, LaneState.Present)]
    [InlineData(LaneState.Greeted, LaneEvent.Silence, LaneState.Absent)]
    [InlineData(LaneState.Present, LaneEvent.Greeting, LaneState.Present)]
    [InlineData(LaneState.Present, LaneEvent.Heartbeat, LaneState.Present)]
    [InlineData(LaneState.Present, LaneEvent.Silence, LaneState.Absent)]
    public void Every_event_in_every_state(LaneState state, LaneEvent happened, LaneState next) =>
        Assert.Equal(next, LaneTransitions.Of(state, happened));

    [Fact]
    public void Two_ends_find_each_other_within_two_heartbeats()
    {
        using var ends = new LaneEnds();
        ends.Pass(11);
        Assert.Equal((LaneState.Present, LaneState.Present), (ends.Left.State, ends.Right.State));
        ends.Pass(1000);
        Assert.Equal((LaneState.Present, LaneState.Present), (ends.Left.State, ends.Right.State));
        Assert.Empty(ends.RightTurns);
        Assert.Equal(0ul, ends.Right[LaneRefusal.Replayed]);
        Assert.InRange(ends.RightHearings.Count(hearing => hearing == LaneHearing.Copy), 195, 205);        // by the second path
    }

    [Fact]
    public void Claims_arrive_as_they_were_sent_and_the_newest_count()
    {
        using var ends = new LaneEnds { LeftClaims = [Claim, Claim with { Vhid = 8, State = CarpState.Initial }] };
        ends.Pass(20);
        Assert.Equal(ends.LeftClaims, ends.Right.Claims);
        ends.LeftClaims = [Claim with { Term = 43 }];
        ends.Pass(5);
        Assert.Equal(43u, Assert.Single(ends.Right.Claims).Term);
        LaneClaim[] many = [.. Enumerable.Range(0, Lane.MaxClaims).Select(i => Claim with { Vhid = (byte)i })];
        ends.LeftClaims = many;
        ends.Pass(5);
        Assert.Equal(many, ends.Right.Claims);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_path_is_enough(int path)
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        (ends.Cut[path, 0], ends.Cut[path, 1]) = (true, true);
        ends.Pass(1000);
        Assert.Equal((LaneState.Present, LaneState.Present), (ends.Left.State, ends.Right.State));
        Assert.False(ends.Right.IsAlive(path, ends.Now));
        Assert.True(ends.Right.IsAlive(1 - path, ends.Now));
    }

    /// <summary>What it sends there arrives nowhere, and by what comes it cannot tell.</summary>
    [Fact]
    public void Each_end_says_by_which_paths_it_hears_the_other()
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        Assert.True(ends.Left.DoesPeerHearOn(0) && ends.Left.DoesPeerHearOn(1));
        ends.Cut[0, 1] = true;                                          // from the left
        ends.Pass(30);
        Assert.True(ends.Left.IsAlive(0, ends.Now));
        Assert.False(ends.Left.DoesPeerHearOn(0));
        Assert.True(ends.Left.DoesPeerHearOn(1) && ends.Right.DoesPeerHearOn(0) && ends.Right.DoesPeerHearOn(1));
        ends.Cut[0, 1] = false;
        ends.Pass(10);
        Assert.True(ends.Left.DoesPeerHearOn(0));
    }

    [Fact]
    public void Who_has_just_begun_says_so()
    {
        using var ends = new LaneEnds();
        ends.Right.IsNew = true;
        ends.Pass(20);
        Assert.Equal((true, false), (ends.Left.IsPeerNew, ends.Right.IsPeerNew));
        ends.Right.IsNew = false;
        ends.Pass(10);
        Assert.False(ends.Left.IsPeerNew);
    }

    [Fact]
    public void A_dead_peer_is_missed_within_the_detection_time()
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        MonotonicTime died = ends.Now;
        while (ends.Right.State == LaneState.Present) ends.Pass(1, leftRuns: false);
        Assert.InRange(ends.Now - died, 15 * Millisecond, 21 * Millisecond);
        Assert.Equal([LaneTurn.PeerLost], ends.RightTurns.Select(turn => turn & ~LaneTurn.Beat));
    }

    [Fact]
    public void Who_slept_says_so_and_does_not_take_its_own_silence_for_the_peers()
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        ends.Pass(500, rightRuns: false);
        ends.Pass(1);
        Assert.Equal(LaneTurn.WokeLate, Assert.Single(ends.RightTurns) & ~LaneTurn.Beat);
        Assert.Equal(LaneState.Present, ends.Right.State);
        ends.Pass(100);
        Assert.Single(ends.RightTurns);
        Assert.InRange(ends.Right.MaxLatenessNanoseconds, 490 * Millisecond, 501 * Millisecond);
    }

    [Fact]
    public void Half_the_detection_time_is_a_sleep()
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        ends.Pass(16, rightRuns: false);
        ends.Pass(1);
        Assert.Equal(LaneTurn.WokeLate, Assert.Single(ends.RightTurns) & ~LaneTurn.Beat);
    }

    [Fact]
    public void Who_always_sleeps_misses_a_dead_peer_all_the_same()
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        for (int i = 0; i < 5 && ends.Right.State == LaneState.Present; i++)
        {
            ends.Pass(30, leftRuns: false, rightRuns: false);
            ends.Pass(1, leftRuns: false);
        }

        Assert.Equal(LaneState.Absent, ends.Right.State);
    }

    [Fact]
    public void A_sleep_shorter_than_half_the_detection_time_is_no_matter()
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        ends.Pass(9, rightRuns: false);
        ends.Pass(100);
        Assert.Empty(ends.RightTurns);
    }

    /// <summary>Heard nobody, said so for as long as it takes others to miss it, and slept not.</summary>
    [Fact]
    public void Who_has_heard_and_met_nobody_for_a_while_is_alone()
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        ends.Pass(30, leftRuns: false);
        Assert.Equal((LaneState.Absent, false), (ends.Right.State, ends.Right.IsAlone(ends.Now)));
        ends.Pass(20, leftRuns: false);
        Assert.True(ends.Right.IsAlone(ends.Now));
        ends.Pass(16, leftRuns: false, rightRuns: false);
        ends.Pass(1, leftRuns: false);
        Assert.False(ends.Right.IsAlone(ends.Now));
        ends.Pass(25, leftRuns: false);
        Assert.True(ends.Right.IsAlone(ends.Now));
        ends.RestartLeft();
        ends.Pass(1);
        Assert.Equal((LaneState.Greeted, false), (ends.Right.State, ends.Right.IsAlone(ends.Now)));
        ends.Pass(100);
        Assert.Equal((LaneState.Present, false), (ends.Right.State, ends.Right.IsAlone(ends.Now)));
    }

    [Fact]
    public void A_restarted_peer_is_another_life_and_the_former_one_is_over()
    {
        using var ends = new LaneEnds();
        ends.Pass(100);
        (int Path, byte[] Message)[] former = [.. ends.Recorded];
        ends.RestartLeft();
        ends.Pass(20);
        Assert.Contains(LaneHearing.PeerRestarted, ends.RightHearings);
        Assert.Equal(LaneState.Present, ends.Right.State);
        Assert.All(former, sent => Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(sent.Path, sent.Message, ends.Now)));
        ends.Pass(5);
        Assert.Equal(LaneState.Present, ends.Right.State);
    }

    [Fact]
    public void Former_lives_stay_over_however_many_there_were()
    {
        using var ends = new LaneEnds();
        for (int life = 0; life < 5; life++)
        {
            ends.Pass(50);
            ends.RestartLeft();
        }

        (int Path, byte[] Message)[] former = [.. ends.Recorded];
        ends.Pass(50);
        MonotonicTime now = ends.Now;
        foreach ((int path, byte[] message) in former)
        {
            now += 2 * Lane.SessionPauseNanoseconds;
            Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(path, message, now));
        }
    }

    [Fact]
    public void A_recording_does_not_keep_a_dead_peer_alive()
    {
        using var ends = new LaneEnds();
        ends.Pass(1000);
        for (int i = 0; i < 30; i++)
        {
            ends.Pass(1, leftRuns: false);
            foreach ((int path, byte[] message) in ends.Recorded)
                Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(path, message, ends.Now));
        }

        Assert.Equal(LaneState.Absent, ends.Right.State);
    }

    /// <summary>Both boxes have begun anew: all that was ever recorded names sessions that are nobody's.</summary>
    [Fact]
    public void A_recording_of_former_lives_is_at_most_a_greeting()
    {
        using var ends = new LaneEnds();
        ends.Pass(200);
        using Lane reborn = ends.Begin();
        MonotonicTime now = ends.Now;
        foreach ((int path, byte[] message) in ends.Recorded)
        {
            now += 2 * Lane.SessionPauseNanoseconds;
            reborn.Step(now);
            Assert.Contains(reborn.OnMessage(path, message, now), (LaneHearing[])[LaneHearing.Greeting, LaneHearing.Refused]);
        }

        Assert.Equal(LaneState.Greeted, reborn.State);
        Assert.Empty(reborn.Claims);
        Assert.Equal(0ul, reborn.HeartbeatsHeard);
    }

    [Fact]
    public void No_bit_of_a_message_can_be_changed_nor_any_byte_cut()
    {
        using var ends = new LaneEnds { LeftClaims = [Claim] };
        ends.Pass(100);
        ends.Left.Step(ends.Now + (10 * Millisecond));
        byte[] message = Written(ends.Left, 0, Claim);
        MonotonicTime now = ends.Now;
        for (int bit = 0; bit < 8 * message.Length; bit++)
        {
            byte[] changed = [.. message];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            now += 2 * Lane.SessionPauseNanoseconds;                  // so that every session is looked at
            Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(0, changed, now));
        }

        for (int length = 0; length < message.Length; length++)
            Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(0, message.AsSpan(0, length), ends.Now));
        Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(1, message, ends.Now));
        Assert.Equal(LaneHearing.Heartbeat, ends.Right.OnMessage(0, message, ends.Now));
        Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(0, message, ends.Now));
        foreach (LaneRefusal refusal in Enum.GetValues<LaneRefusal>()) output.WriteLine($"{refusal} {ends.Right[refusal]}");
    }

    [Fact]
    public void Another_key_and_our_own_messages_are_refused()
    {
        using var ends = new LaneEnds();
        using Lane stranger = ends.Begin(Key(new string('1', 64)));
        stranger.Step(ends.Now);
        Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(0, Written(stranger, 0), ends.Now));
        Assert.Equal(1ul, ends.Right[LaneRefusal.NotAuthentic]);
        ends.Right.Step(ends.Now);
        Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(0, Written(ends.Right, 0), ends.Now));
        Assert.Equal(1ul, ends.Right[LaneRefusal.Looped]);
    }

    [Fact]
    public void Unknown_sessions_are_looked_at_one_in_a_millisecond_and_the_peer_is_found_all_the_same()
    {
        using var ends = new LaneEnds();
        var random = new Random(1);
        byte[] noise = new byte[200];
        for (int i = 0; i < 200; i++)
        {
            for (int flood = 0; flood < 20; flood++)
            {
                random.NextBytes(noise);
                (noise[0], noise[1]) = (1, 0);
                Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(0, noise, ends.Now));
            }

            ends.Pass(1);
        }

        Assert.InRange(ends.Right[LaneRefusal.NotAuthentic], 150ul, 210ul);
        Assert.InRange(ends.Right[LaneRefusal.TooManySessions], 3_500ul, 3_900ul);
        Assert.Equal(LaneState.Present, ends.Right.State);
    }

    [Fact]
    public void A_heartbeat_is_written_once_for_a_path()
    {
        using var ends = new LaneEnds();
        ends.Left.Step(ends.Now);
        Written(ends.Left, 0);
        Assert.Throws<InvalidOperationException>(() => Written(ends.Left, 0));
        Assert.NotEmpty(Written(ends.Left, 1));
    }

    [Fact]
    public void Leaving_is_heard()
    {
        using var ends = new LaneEnds();
        ends.Pass(50);
        Assert.False(ends.Right.IsPeerLeaving);
        ends.Left.IsLeaving = true;
        ends.Pass(5);
        Assert.True(ends.Right.IsPeerLeaving);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("00", false)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", true)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", true)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g", false)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0", false)]
    public void A_key_has_64_hexadecimal_digits_and_no_text(string digits, bool isKey)
    {
        Assert.Equal(isKey, LaneKey.TryParse(digits, out LaneKey? key));
        Assert.True(key is null || key.ToString() == "(a lane key)");
    }
}

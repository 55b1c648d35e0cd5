using Appliance.Engine;
using Xunit;
using static Appliance.Failover.Tests.LaneEnds;

namespace Appliance.Failover.Tests;

/// <summary>Paths that the two ends number otherwise, and that only one of them has.</summary>
public sealed class LanePathTests
{
    private static readonly LaneClaim Claim = new(0xdead_beef, 7, CarpState.Master, new CarpInterval(1, 100), 42, 1);

    private readonly byte[] _room = new byte[Lane.MaxSyncMessageLength];
    private MonotonicTime _now = new(1_000_000 * Millisecond);

    [Fact]
    public void Paths_that_both_have_live_whatever_numbers_they_have_there()
    {
        using Lane left = Begin(1, 0, 20, 30), right = Begin(2, 0, 10, 20, 30);
        Pass(left, right, 50);
        Assert.Equal([true, true, true], Living(left));
        Assert.Equal([true, false, true, true], Living(right));
        Assert.Equal([Claim], right.Claims);
        Assert.Equal(0ul, left[LaneRefusal.Replayed] + right[LaneRefusal.Replayed]);
    }

    [Fact]
    public void The_sync_link_is_not_needed_for_that()
    {
        using Lane left = Begin(1, 0, 20, 30), right = Begin(2, 0, 10, 20, 30);
        Pass(left, right, 50, cut: 0);
        Assert.Equal([false, true, true], Living(left));
        Assert.Equal([false, false, true, true], Living(right));
    }

    [Fact]
    public void Sync_takes_such_a_path_and_no_message_another()
    {
        using Lane left = Begin(1, 0, 20, 30), right = Begin(2, 0, 10, 20, 30);
        Pass(left, right, 50);
        byte[] sealedFor30 = new byte[Lane.SyncOverhead + 10];
        left.SealSync(2, sealedFor30, 10);
        Assert.False(right.TryOpenSync(2, sealedFor30, _room, out _));
        Assert.True(right.TryOpenSync(3, sealedFor30, _room, out _));
        Assert.False(right.TryOpenSync(3, sealedFor30, _room, out _));
        _now += 5 * Millisecond;
        left.Step(_now);
        byte[] heartbeat = Written(left, 1, Claim);
        Assert.Equal(LaneHearing.Refused, right.OnMessage(1, heartbeat, _now));
        Assert.Equal(LaneHearing.Refused, right.OnMessage(3, heartbeat, _now));
        Assert.Equal(LaneHearing.Heartbeat, right.OnMessage(2, heartbeat, _now));
        Assert.Equal(LaneHearing.Refused, right.OnMessage(2, heartbeat, _now));
        Assert.Equal(3ul, right[LaneRefusal.WrongPath]);
    }

    /// <summary>Without tags an end is as older programs are: it takes whatever is in a claim's place for one.</summary>
    [Fact]
    public void An_older_program_hears_what_it_always_heard()
    {
        using Lane left = Begin(1, 0, 20, 30), older = Begin(2);
        List<LaneClaim> heard = [];
        for (int i = 0; i < 50; i++)
        {
            Pass(left, older, 1);
            heard.AddRange(older.Claims);
        }

        Assert.Equal([true, true, true], Living(left));
        Assert.Equal([true, true, true], Living(older));
        Assert.All(heard, claim => Assert.Equal(Claim, claim));
        Assert.Equal((Lane.MaxClaims, 0ul), (left.ClaimRoom, left[LaneRefusal.WrongPath] + older[LaneRefusal.WrongPath]));
    }

    private static uint[] PortsOf(Lane lane) => lane.PathTags.IsEmpty ? [0, 20, 30] : [.. lane.PathTags];

    private bool[] Living(Lane lane) =>
        [.. PortsOf(lane).Select((_, path) => lane.IsAlive(path, _now) && lane.DoesPeerHearOn(path))];

    private Lane Begin(UInt128 session, params uint[] tags) =>
        new(new LaneSettings(Math.Max(tags.Length, 3)), Key(), session, _now) { PathTags = [.. tags] };

    private void Pass(Lane left, Lane right, int milliseconds, uint? cut = null)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            _now += Millisecond;
            Step(left, right, cut);
            Step(right, left, cut);
        }
    }

    /// <summary>What goes over a port arrives at the same one, if the other has it.</summary>
    private void Step(Lane sender, Lane receiver, uint? cut)
    {
        if ((sender.Step(_now) & LaneTurn.Beat) == LaneTurn.None) return;
        uint[] ports = PortsOf(sender), theirs = PortsOf(receiver);
        for (int path = 0; path < ports.Length; path++)
        {
            byte[] message = Written(sender, path, Claim);
            int arrives = Array.IndexOf(theirs, ports[path]);
            if (arrives >= 0 && ports[path] != cut) receiver.OnMessage(arrives, message, _now);
        }
    }
}

using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>When a group has something to do, whatever it is.</summary>
internal sealed class CarpTimers
{
    /// <summary>
    /// How often a master whose advertisements teach nobody shows its MAC address to switches, or tells hosts of it. Who heard a rival that
    /// this box did not hear finds back by then.
    /// </summary>
    public const long RefreshNanoseconds = 3_000_000_000;

    /// <summary>And of many addresses that are told of one by one at most so many: a hundred a second.</summary>
    public const long RefreshPerAddressNanoseconds = 10_000_000;

    /// <summary>How often a backup that nobody hears otherwise shows its own MAC address to them; they forget after some minutes.</summary>
    public const long PresenceNanoseconds = 60_000_000_000;

    /// <summary>How long a backup stays demoted for what it could not send as a master.</summary>
    public const long ForgivenessNanoseconds = 60_000_000_000;

    /// <summary>A field, for it is a struct that changes in place.</summary>
    public CarpAnnouncer Announcer = CarpAnnouncer.Idle;

    public CarpSendWatch Sending;

    private MonotonicTime _silenceIpv4 = MonotonicTime.Never;
    private MonotonicTime _silenceIpv6 = MonotonicTime.Never;

    public MonotonicTime Advertisement { get; private set; } = MonotonicTime.Never;

    /// <summary>When the last advertisement went out; far back before the first.</summary>
    public MonotonicTime Advertised { get; private set; } = new(long.MinValue / 2);

    public MonotonicTime Refresh { get; set; } = MonotonicTime.Never;

    public MonotonicTime Forgiveness { get; set; } = MonotonicTime.Never;

    /// <summary>When the master counts as gone: the families have a timer each, and the first to run out decides (FreeBSD).</summary>
    public MonotonicTime Silence => Earlier(_silenceIpv4, _silenceIpv6);

    public MonotonicTime Next => Earlier(Earlier(Silence, Advertisement), Earlier(Announcer.Next, Earlier(Refresh, Forgiveness)));

    /// <summary>Everything off but the forgiveness, which outlives mastership.</summary>
    public void Rest()
    {
        _silenceIpv4 = _silenceIpv6 = Advertisement = Refresh = MonotonicTime.Never;
        Announcer = CarpAnnouncer.Idle;
    }

    public void OnAdvertised(MonotonicTime now, CarpInterval interval) => (Advertised, Advertisement) = (now, now + interval.Nanoseconds);

    public void AwaitAll(CarpGroupSettings settings, MonotonicTime now)
    {
        MonotonicTime until = now + settings.Interval.SilenceNanoseconds;
        _silenceIpv4 = settings.HasIpv4 ? until : MonotonicTime.Never;
        _silenceIpv6 = settings.HasIpv6 ? until : MonotonicTime.Never;
    }

    public void Await(CarpGroupSettings settings, bool isV6, MonotonicTime now)
    {
        MonotonicTime until = now + settings.Interval.SilenceNanoseconds;
        if (isV6) _silenceIpv6 = until;
        else _silenceIpv4 = until;
    }

    /// <summary>Puts off what would be earlier.</summary>
    public void AwaitAtLeast(MonotonicTime until)
    {
        if (_silenceIpv4 < until) _silenceIpv4 = until;
        if (_silenceIpv6 < until) _silenceIpv6 = until;
    }

    private static MonotonicTime Earlier(MonotonicTime one, MonotonicTime other) => one < other ? one : other;
}

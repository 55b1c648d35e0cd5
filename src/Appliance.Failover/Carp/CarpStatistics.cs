namespace Appliance.Failover;

/// <summary>Counters of a box, under FreeBSD's names (struct carpstats, <c>netstat -sp carp</c>), and ours behind them.</summary>
public sealed class CarpStatistics
{
    private readonly ulong[] _refused = new ulong[Enum.GetValues<CarpRefusal>().Length];

    public ulong ReceivedIpv4 { get; internal set; }
    public ulong ReceivedIpv6 { get; internal set; }

    /// <summary>Those that were tried; <see cref="SendErrors"/> says how many of them failed.</summary>
    public ulong SentIpv4 { get; internal set; }

    public ulong SentIpv6 { get; internal set; }

    /// <summary>Not sent for want of a frame.</summary>
    public ulong NoMemory { get; internal set; }

    /// <summary>Slower masters preempted. FreeBSD has the counter and never counts.</summary>
    public ulong Preempted { get; internal set; }

    public ulong SendErrors { get; internal set; }

    /// <summary>Changes of state of all groups.</summary>
    public ulong Transitions { get; internal set; }

    /// <summary>Wakings that came too late to believe what timers said.</summary>
    public ulong LateWakings { get; internal set; }

    public ulong this[CarpRefusal refusal] => _refused[(int)refusal];

    /// <summary>All counters by name; FreeBSD's first, in its order.</summary>
    public IEnumerable<KeyValuePair<string, ulong>> Rows() =>
    [
        new("ipackets", ReceivedIpv4),
        new("ipackets6", ReceivedIpv6),
        new("badif", this[CarpRefusal.BadInterface]),
        new("badttl", this[CarpRefusal.BadHopLimit]),
        new("hdrops", this[CarpRefusal.HeaderShort]),
        new("badsum", this[CarpRefusal.BadChecksum]),
        new("badver", this[CarpRefusal.BadVersion]),
        new("badlen", this[CarpRefusal.BadLength]),
        new("badauth", this[CarpRefusal.BadAuthentication]),
        new("badvhid", this[CarpRefusal.BadVhid]),
        new("badaddrs", 0),                                           // CARP sends no list of addresses; FreeBSD has the row all the same
        new("opackets", SentIpv4),
        new("opackets6", SentIpv6),
        new("onomem", NoMemory),
        new("ostates", 0),                                            // never counted there either
        new("preempt", Preempted),
        new("not-allowed", this[CarpRefusal.NotAllowed]),
        new("not-for-us", this[CarpRefusal.NotForUs]),
        new("not-carp", this[CarpRefusal.NotCarp]),
        new("looped", this[CarpRefusal.Looped]),
        new("replayed", this[CarpRefusal.Replayed]),
        new("not-announced", this[CarpRefusal.NotAnnounced]),
        new("send-errors", SendErrors),
        new("transitions", Transitions),
        new("late-wakings", LateWakings),
    ];

    internal void Count(CarpRefusal refusal) => _refused[(int)refusal]++;
}

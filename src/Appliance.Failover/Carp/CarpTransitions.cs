using static Appliance.Failover.CarpMoves;
using static Appliance.Failover.CarpState;

namespace Appliance.Failover;

/// <summary>The state machine of carp(4), as a table of every state and event. It holds nothing and decides nothing else.</summary>
/// <remarks>
/// <code>
///                 Ready                   MasterSilent, HeardPreemptable, HeardLeaving, PeerYields, Promote
///   ┌──────────┐ ───────────────────► ┌──────────┐ ──────────────────────────────────────────► ┌──────────┐
///   │ INIT     │                      │ BACKUP   │                                             │ MASTER   │
///   └──────────┘ ◄─────────────────── └──────────┘ ◄────────────────────────────────────────── └──────────┘
///        ▲        NotReady, Stop               HeardFaster, HeardEqual, WokeLate, Outranked, HandOver │
///        └───────────────────────────────────────────────────────────────────────────────────────────┘
///                                              NotReady, Stop
/// </code>
/// Where it follows FreeBSD 14 (netinet/ip_carp.c): all arrows but those of WokeLate, HandOver, Stop and the lane's; an equal advertisement
/// makes a master give way, with no further tie-break; a backup that is preempting compares strictly. Where it goes further: a master that
/// hears a slower one says so at once (RFC 9568 §6.4.3 does; FreeBSD stays silent, and hosts keep what the rival told them); leaving in
/// order is announced (OpenBSD does); a box that slept too long gives way unheard.
/// </remarks>
public static class CarpTransitions
{
    private const CarpMoves Rise = TakeOver | Advertise | Announce;
    private const CarpMoves Fall = StandDown | AwaitAll;

    private static readonly CarpTransition[][] Table =
    [
        [                                                             // INIT
            /* Ready            */ new(Backup, AwaitAll),
            /* NotReady         */ new(Initial, None),
            /* HeardFaster      */ new(Initial, None),
            /* HeardEqual       */ new(Initial, None),
            /* HeardSlower      */ new(Initial, None),
            /* HeardPreemptable */ new(Initial, None),
            /* HeardLeaving     */ new(Initial, None),
            /* MasterSilent     */ new(Initial, None),
            /* AdvertisementDue */ new(Initial, None),
            /* WokeLate         */ new(Initial, None),
            /* PeerYields       */ new(Initial, None),
            /* Outranked        */ new(Initial, None),
            /* Promote          */ new(Initial, None),
            /* HandOver         */ new(Initial, None),
            /* Stop             */ new(Initial, None),
        ],
        [                                                             // BACKUP
            /* Ready            */ new(Backup, None),
            /* NotReady         */ new(Initial, Rest),
            /* HeardFaster      */ new(Backup, AwaitHeard),
            /* HeardEqual       */ new(Backup, AwaitHeard),
            /* HeardSlower      */ new(Backup, AwaitHeard),
            /* HeardPreemptable */ new(Master, Rise),
            /* HeardLeaving     */ new(Master, Rise),
            /* MasterSilent     */ new(Master, Rise),
            /* AdvertisementDue */ new(Backup, None),
            /* WokeLate         */ new(Backup, AwaitGrace),
            /* PeerYields       */ new(Master, Rise),
            /* Outranked        */ new(Backup, None),
            /* Promote          */ new(Master, Rise),
            /* HandOver         */ new(Backup, None),
            /* Stop             */ new(Initial, Rest),
        ],
        [                                                             // MASTER
            /* Ready            */ new(Master, None),
            /* NotReady         */ new(Initial, StandDown | Rest),
            /* HeardFaster      */ new(Backup, Fall),
            /* HeardEqual       */ new(Backup, Fall),
            /* HeardSlower      */ new(Master, Reassert),
            /* HeardPreemptable */ new(Master, Reassert),
            /* HeardLeaving     */ new(Master, Reassert),
            /* MasterSilent     */ new(Master, None),
            /* AdvertisementDue */ new(Master, Advertise),
            /* WokeLate         */ new(Backup, Fall),
            /* PeerYields       */ new(Master, None),
            /* Outranked        */ new(Backup, Fall),
            /* Promote          */ new(Master, None),
            /* HandOver         */ new(Backup, BowOut | Fall),
            /* Stop             */ new(Initial, BowOut | StandDown | Rest),
        ],
    ];

    public static CarpTransition Of(CarpState state, CarpEvent happened) => Table[(int)state][(int)happened];
}

using static Appliance.Routing.NeighbourActions;
using static Appliance.Routing.NeighbourEvent;
using static Appliance.Routing.NeighbourState;

namespace Appliance.Routing;

/// <summary>
/// Neighbour unreachability detection, RFC 4861 §7.2, §7.3 and Appendix C, as one table.
/// <code>
///                  wanted                    answer S
///     (VACANT) ───────────► INCOMPLETE ──────────────────► REACHABLE ◄───────────┐
///        │  ▲                   │    │ answer without S,       │ time           │
///  heard │  │ time              │    ▼ heard                   ▼                │ answer S,
///        └──┼──────────────────────► STALE ◄───────────────────┘                │ confirmed
///           │                   │      │ wanted                                  │
///           │           no      │      ▼          5 s                            │
///           └── FAILED ◄────────┤    DELAY ──────────────► PROBE ────────────────┘
///                 ▲    answer   │                            │ no answer
///                 └─────────────┴────────────────────────────┘
/// </code>
/// https://www.rfc-editor.org/rfc/rfc4861#section-7.2.5 has the rules for advertisements: another address is believed with O; without it
/// it only casts doubt on an entry that is REACHABLE. Two things are added. FAILED stands for the RFC's "no entry" for a second, so that
/// nobody is asked for more often than RFC 1122 §2.3.2.1 allows; and nothing but a host that speaks to us itself
/// (<see cref="HeardOther"/>), or the peer of a pair that has spoken with it (<see cref="Told"/>), makes an entry. What a box has lately
/// seen for itself counts for more than what it is told.
/// </summary>
internal static class NeighbourTransitions
{
    private static readonly int Events = Enum.GetValues<NeighbourEvent>().Length;
    private static readonly NeighbourStep[] Table = Build();

    public static NeighbourStep Find(NeighbourState state, NeighbourEvent happened) => Table[((int)state * Events) + (int)happened];

    private static NeighbourStep[] Build()
    {
        NeighbourState[] states = Enum.GetValues<NeighbourState>();
        var table = new NeighbourStep[states.Length * Events];
        foreach (NeighbourState state in states)
        {
            foreach (NeighbourEvent happened in Enum.GetValues<NeighbourEvent>())
                table[((int)state * Events) + (int)happened] = Decide(state, happened);
        }

        return table;
    }

    private static NeighbourStep Decide(NeighbourState state, NeighbourEvent happened) => (state, happened) switch
    {
        (Vacant, Wanted) => new(Incomplete, Solicit),
        (Vacant, HeardOther) => new(Stale, Record),

        (Incomplete, TimerFired) => new(Incomplete, Solicit | Restart),
        (Incomplete, GivenUp) => new(Failed),
        (Incomplete, SolicitedOverride or SolicitedOther) => new(Reachable, Record),
        (Incomplete, UnsolicitedOverride or UnsolicitedOther or HeardOther) => new(Stale, Record),

        (Reachable, TimerFired) => new(Stale),
        (Reachable, SolicitedOther or UnsolicitedOther) => new(Stale),
        (Reachable or Stale or Delay or Probe, SolicitedSame or Confirmed) => new(Reachable, Restart),
        (Reachable or Stale or Delay or Probe, SolicitedOverride) => new(Reachable, Record | Restart),
        (Reachable or Stale or Delay or Probe, UnsolicitedOverride or HeardOther) => new(Stale, Record | Restart),

        (Stale, Wanted) => new(Delay),
        (Stale, TimerFired) => new(Vacant),
        (Delay, TimerFired) => new(Probe, Solicit),
        (Probe, TimerFired) => new(Probe, Solicit | Restart),
        (Probe, GivenUp) => new(Failed),

        (Failed, Wanted) => new(Failed, NoteWanted),
        (Failed, TimerFired) => new(Vacant),
        (Failed, HeardOther) => new(Stale, Record),

        (Vacant or Incomplete or Failed, Told) => new(Stale, Record),
        (Stale, Told) => new(Stale, Record | Restart),

        _ => new(state),
    };
}

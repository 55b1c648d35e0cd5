using static Appliance.Failover.LaneState;

namespace Appliance.Failover;

/// <summary>The state machine of a lane, as a table of every state and event.</summary>
/// <remarks>
/// <code>
///   ┌────────┐  Greeting  ┌─────────┐  Heartbeat  ┌─────────┐
///   │ Absent │ ─────────► │ Greeted │ ──────────► │ Present │
///   └────────┘            └─────────┘             └─────────┘
///     ▲    │   Silence         │                    ▲   │
///     ├────┼───────────────────┘      Heartbeat     │   │
///     │    └────────────────────────────────────────┘   │
///     └─────────────────────────────────────────────────┘
///                           Silence
/// </code>
/// A greeting never ends a presence: anybody can send a recording of one.
/// </remarks>
public static class LaneTransitions
{
    private static readonly LaneState[][] Table =
    [
        //             Greeting  Heartbeat  Silence
        /* Absent  */ [Greeted,  Present,   Absent],
        /* Greeted */ [Greeted,  Present,   Absent],
        /* Present */ [Present,  Present,   Absent],
    ];

    public static LaneState Of(LaneState state, LaneEvent happened) => Table[(int)state][(int)happened];
}

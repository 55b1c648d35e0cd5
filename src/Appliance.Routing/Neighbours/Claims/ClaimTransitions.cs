using static Appliance.Routing.ClaimActions;
using static Appliance.Routing.ClaimEvent;
using static Appliance.Routing.ClaimState;

namespace Appliance.Routing;

/// <summary>
/// Duplicate address detection (RFC 4862 §5.4) and IPv4 address conflict detection (RFC 5227 §2), which differ in times and messages only.
/// <code>
///   Waiting ──► Probing ──► Announcing ──► Owned         challenged while in use: defended (RFC 5227 §2.4 (c)),
///      ▲           │ challenged                          reported, and kept
///      │ a minute  ▼
///      └────── Duplicate
/// </code>
/// </summary>
internal static class ClaimTransitions
{
    public static (ClaimState State, ClaimActions Actions) Find(ClaimState state, ClaimEvent happened) => (state, happened) switch
    {
        (Waiting, Due or Done) => (Probing, Probe),
        (Probing, Due) => (Probing, Probe),
        (Probing, Done) => (Announcing, Announce | Report),
        (Announcing, Due) => (Announcing, Announce),
        (Announcing, Done) => (Owned, ClaimActions.None),
        (Duplicate, Due or Done) => (Waiting, ClaimActions.None),
        (Waiting or Probing, Challenged) => (Duplicate, Report),
        (Announcing or Owned, Challenged) => (state, Defend | Report),
        _ => (state, ClaimActions.None),
    };
}

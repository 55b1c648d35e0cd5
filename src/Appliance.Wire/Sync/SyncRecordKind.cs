namespace Appliance.Wire.Sync;

/// <summary>What a record is. Others are passed over, and count in their stream's order.</summary>
/// <remarks>
/// <code>
///   follower                                  leader
///      │  (Told …)  Offer: my digest             │      Told only of what it has changed on its own
///      ├────────────────────────────────────────►│
///      │                    Proof: so is mine    │      the same: nothing is sent
///      │◄────────────────────────────────────────┤
///      │     or:  Begin, Told …, Proof: my digest│      what was not told of goes
///      │◄────────────────────────────────────────┤
///      │  Verdict: equal, or not                 │
///      ├────────────────────────────────────────►│
/// </code>
/// Made, Changed and Ended come in between, in the order in which they happened, either way.
/// </remarks>
public enum SyncRecordKind : byte
{
    None = 0,

    /// <summary>A state was made: its record.</summary>
    Made = 1,

    /// <summary>It has changed: its record.</summary>
    Changed = 2,

    /// <summary>It has ended: as much of its record as names it.</summary>
    Ended = 3,

    /// <summary>One of all that there are: its record.</summary>
    Told = 4,

    /// <summary>All that there is follows.</summary>
    Begin = 5,

    /// <summary>That was all; or the other's is said to be the same. The digest of all there is at this place of the stream.</summary>
    Proof = 6,

    /// <summary>The digest of the follower's.</summary>
    Offer = 7,

    /// <summary>Whether all is equal: one byte, <see cref="SyncVerdict"/>.</summary>
    Verdict = 8,
}

namespace Appliance.Routing;

/// <summary>How far the appliance is with an own address.</summary>
public enum ClaimState : byte
{
    Waiting,            // for a random while, so that hosts that start together do not speak together
    Probing,            // asks whether somebody has it; not used yet
    Announcing,         // in use; tells everybody
    Owned,              // in use
    Duplicate,          // somebody else's: not used, and tried again after a minute
}

namespace Appliance.Routing;

/// <summary>What can happen to an own address.</summary>
internal enum ClaimEvent : byte
{
    Due,                // the time of the state has passed
    Done,               // … and all that was to be sent in it has been
    Challenged,         // somebody else uses it, or is about to
}

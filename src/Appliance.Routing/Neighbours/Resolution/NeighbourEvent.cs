namespace Appliance.Routing;

/// <summary>
/// What can happen to an entry, in the words of RFC 4861 Appendix C. "Same" is a message that tells the MAC address that is known, or none;
/// "other" tells another, or the first. An ARP packet is one of these, too (<see cref="ArpReader"/>).
/// </summary>
internal enum NeighbourEvent : byte
{
    Wanted,                 // a worker has a frame for it
    TimerFired,             // that of the state
    GivenUp,                // the timer, and it has been asked often enough
    SolicitedSame,          // an advertisement with S
    SolicitedOverride,      // … with S and O, other
    SolicitedOther,         // … with S, without O, other
    UnsolicitedSame,        // … without S
    UnsolicitedOverride,    // … with O, other
    UnsolicitedOther,       // … without either, other
    HeardSame,              // it asked for something itself
    HeardOther,             // … other
    Confirmed,              // something that was sent to it has been answered, says a protocol above
    Told,                   // the peer of a pair knows it
}

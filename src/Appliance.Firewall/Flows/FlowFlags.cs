namespace Appliance.Firewall;

/// <summary>
/// What is true of a state besides its numbers. Some are on the wire (<see cref="FlowImage.Portable"/>): never renumber.
/// </summary>
[Flags]
public enum FlowFlags : ushort
{
    None = 0,
    InUse = 1 << 0,             // the table's: the record holds a state
    Sloppy = 1 << 1,            // sequence numbers are not looked at
    LogAll = 1 << 2,
    AllowsOptions = 1 << 3,     // pf's allow-opts
    NoSync = 1 << 4,            // stays out of state synchronisation
    FromPeer = 1 << 5,          // the other appliance of a pair told of it, and no frame of it has come here since
    Translated = 1 << 6,        // its two keys differ
    HoldsAnswers = 1 << 7,      // the key by which its answers come, in PortClaims
    AnswersByWay = 1 << 8,      // its given way is for the frames that come back; else for those that go as the first
    OfAnswer = 1 << 9,          // made by a frame that answers what its connection began with
    HoldsArrival = 1 << 10,     // the key by which its first frame came in, there, too
    Noted = 1 << 11,            // the peer is to be told of it at the end of the breath
    Connected = 1 << 12,        // counted as a connection of its source
    HoldsMapping = 1 << 13,     // of its source's endpoint, in EndpointMappings
    Confirmed = 1 << 14,        // the peer told of it since it began to tell of all
    Awaited = 1 << 15,          // its frames wait until the peer has acknowledged it, or have waited (FlowHold)
}

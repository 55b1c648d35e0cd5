namespace Appliance.Firewall;

/// <summary>Why a packet was logged, with pf's numbers (net/pfvar.h, PFRES_…).</summary>
public enum LogReason : byte
{
    Match = 0,                  // a rule that logs, or a state of one
    BadOffset = 1,
    Fragment = 2,
    Short = 3,
    Normalize = 4,
    Memory = 5,
    BadTimestamp = 6,
    Congestion = 7,
    IpOption = 8,
    ProtocolChecksum = 9,
    StateMismatch = 10,
    StateInsert = 11,
    StateLimit = 12,
    SourceLimit = 13,
    Synproxy = 14,
}

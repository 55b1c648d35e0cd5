namespace Appliance.Firewall;

/// <summary>How far one end of an SCTP association is, as seen from between; the numbers are those of pf.</summary>
public enum SctpPeerState : byte
{
    Closed = 0,
    Bound = 1,
    Listen = 2,
    CookieWait = 3,
    CookieEchoed = 4,
    Established = 5,
    ShutdownSent = 6,
    ShutdownReceived = 7,
    ShutdownAckSent = 8,
    ShutdownPending = 9,
}

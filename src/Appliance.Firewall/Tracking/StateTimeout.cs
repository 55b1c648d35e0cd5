namespace Appliance.Firewall;

/// <summary>
/// The timeouts of <c>set timeout</c>, in the order in which pf prints them with a rule. Those of states come first: how long a state lives
/// after its last packet.
/// </summary>
public enum StateTimeout : byte
{
    TcpFirst,
    TcpOpening,
    TcpEstablished,
    TcpClosing,
    TcpFinWait,
    TcpClosed,
    SctpFirst,
    SctpOpening,
    SctpEstablished,
    SctpClosing,
    SctpClosed,
    UdpFirst,
    UdpSingle,
    UdpMultiple,
    IcmpFirst,
    IcmpError,
    OtherFirst,
    OtherSingle,
    OtherMultiple,

    // Not of states
    Fragment,
    Interval,
    AdaptiveStart,              // states, not seconds
    AdaptiveEnd,                // states, not seconds
    SourceTrack,
    TcpTimestampDifference,
}

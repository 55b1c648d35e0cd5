namespace Appliance.Firewall;

/// <summary>The timeouts of <c>set timeout</c>, those of states first: how long a state lives after its last packet.</summary>
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
    TcpTimestampDifference,
    Fragment,
    Interval,
    AdaptiveStart,              // states, not seconds
    AdaptiveEnd,                // states, not seconds
    SourceTrack,
}

namespace Appliance.Firewall.Language;

/// <summary>The timeouts, in the order in which pf prints them with a rule.</summary>
public enum PfTimeout : byte
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
    Frag,
    Interval,
    AdaptiveStart,
    AdaptiveEnd,
    SourceTrack,
    TcpTsDiff,
}

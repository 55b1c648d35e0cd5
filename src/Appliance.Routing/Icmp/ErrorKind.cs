namespace Appliance.Routing;

/// <summary>What went wrong with a datagram that its sender is told, in the words of either family.</summary>
public enum ErrorKind
{
    NoRoute,                // ICMP 3/0 (RFC 792), ICMPv6 1/0 (RFC 4443 §3.1)
    HostUnreachable,        // ICMP 3/1, ICMPv6 1/3
    TooBig,                 // ICMP 3/4 with the MTU (RFC 1191 §4), ICMPv6 2/0 (RFC 4443 §3.2)
    Prohibited,             // ICMP 3/13 (RFC 1812 §5.2.7.1), ICMPv6 1/1
    HopLimitExceeded,       // ICMP 11/0, ICMPv6 3/0 (RFC 4443 §3.3)
    Refused,                // ICMP 3, ICMPv6 1, with the code that a rule says
}

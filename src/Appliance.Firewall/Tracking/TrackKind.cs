namespace Appliance.Firewall;

/// <summary>Which tracker a flow has.</summary>
public enum TrackKind : byte
{
    Other,
    Tcp,
    Udp,
    Sctp,
    Icmp,
    Icmpv6,
}

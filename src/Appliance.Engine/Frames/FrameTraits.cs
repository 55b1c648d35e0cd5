namespace Appliance.Engine;

/// <summary>Facts about a frame that parsing found once, so that no later stage looks again.</summary>
[Flags]
public enum FrameTraits : uint
{
    None = 0,
    Tagged = 1 << 0,                // arrived with at least one VLAN tag
    L2Group = 1 << 1,               // sent to a group MAC
    FirstFragment = 1 << 2,         // offset 0, more to come
    LaterFragment = 1 << 3,         // offset over 0: no transport header
    Options = 1 << 4,               // IPv4 options or IPv6 extension headers
    SourceRoute = 1 << 5,           // IPv4 source-route option or IPv6 type 0 routing header
    Ports = 1 << 6,                 // SourcePort and DestinationPort are the transport's
    IcmpError = 1 << 7,             // an ICMP or ICMPv6 error, or a message too short to tell
    Generated = 1 << 8,             // made here: routed, never judged by firewall in, causes no error
    LinkComplete = 1 << 9,          // generated with its Ethernet header done: only tags and the egress port remain
    Scoped = 1 << 10,               // generated for a link-local destination: the egress port is given
    NeighborMessage = 1 << 11,      // ICMPv6 133 to 137
    Hashed = 1 << 12,               // Hash is valid
    FixedIdentification = 1 << 13,  // a large frame with DF whose segments all have its IPv4 identification, instead of one more each
    Redirected = 1 << 14,           // of a connection whose bucket is another than where it arrived, as an alias says
    Unfiltered = 1 << 15,           // made by the firewall itself, which does not judge it
    LeavesTranslated = 1 << 16,     // given other endpoints where it goes out, by its state
    Quoting = 1 << 17,              // an ICMP error that has been brought to where the flow that it quotes arrives

    Seeking = 1 << 18,              // routed to a neighbour that nobody knows yet: the way is not to be remembered

    Fragment = FirstFragment | LaterFragment,
}

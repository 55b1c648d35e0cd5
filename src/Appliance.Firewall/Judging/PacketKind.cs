namespace Appliance.Firewall;

/// <summary>What a frame is to the firewall.</summary>
internal enum PacketKind : byte
{
    Unread,                     // nobody looks at it
    Flow,                       // it has a key of its own
    Error,                      // an ICMP error: it belongs to the flow that it quotes
    Fragment,                   // rules alone judge it
    Malformed,                  // its transport header is not all there, or its lengths or ports cannot be
    Impossible,                 // a segment of TCP with flags that contradict each other; ICMP of the other family (pf_test)
}

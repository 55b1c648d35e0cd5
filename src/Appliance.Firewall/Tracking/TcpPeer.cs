using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// What is known of one end of a TCP connection: what it has sent, and what of the other's it has taken. Numbers are as on the wire on the
/// side where the connection was first seen.
/// <code>
///        Next − window            Next              Limit
///  ──────────┼─────────────────────┼──────────────────┼──────►  what this end sends
///            │  retransmissions    │   not sent yet   │ not allowed by the other end
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TcpPeer
{
    public uint Initial;                // the sequence number of its SYN
    public uint Next;                   // one past the highest number it has sent; pf's seqlo
    public uint Limit;                  // one past the highest number that the other end's windows ever allowed; pf's seqhi
    public uint Acknowledged;           // its highest acknowledgment: the number it expects from the other end
    public ushort MaxWindow;            // the largest window it offered, as in the header, before scaling
    public ushort MaxSegment;           // bytes; of its SYN, 0 when it said nothing
    public byte WindowScale;            // shift, 0–14
    public TcpPeerState State;
    public TcpPeerFacts Facts;

    public readonly bool Has(TcpPeerFacts facts) => (Facts & facts) == facts;
}

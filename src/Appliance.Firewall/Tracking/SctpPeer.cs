using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>One end of an SCTP association.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SctpPeer
{
    public uint Tag;                    // the verification tag that its packets must carry (RFC 9260 §8.5); 0: not known yet
    public SctpPeerState State;
}

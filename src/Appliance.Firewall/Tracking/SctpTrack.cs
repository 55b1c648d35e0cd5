using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>An SCTP association as a firewall between its ends knows it; <see cref="SctpTracker"/> changes it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SctpTrack
{
    public SctpPeer Initiator, Responder;
    public StateTimeout Timeout;
}

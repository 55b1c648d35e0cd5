using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// A TCP connection as a firewall between its ends knows it. Unmanaged, for a flow record; belongs to the worker that owns the flow.
/// <see cref="TcpTracker"/> changes it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TcpTrack
{
    /// <summary>A promise to flow records.</summary>
    public const int MaxBytes = TrackerBytes.Length;

    public TcpPeer Initiator;           // who sent the segment that made the state
    public TcpPeer Responder;
    public StateTimeout Timeout;        // after which of them the state goes when nothing more comes
    public TcpTrackFlags Flags;
    internal ushort Challenges;         // answered since ChallengesSince
    internal uint ChallengesSince;      // seconds
}

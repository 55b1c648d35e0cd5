using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>The lane between the two of a pair: heartbeats and flow states. Detection takes at least two heartbeats.</summary>
public sealed record SyncModel(int PortIndex, IpAddress Peer, FileReference KeyFile, int HeartbeatMilliseconds, int DetectMilliseconds)
{
    public const int DefaultHeartbeatMilliseconds = 5;
    public const int DefaultDetectMilliseconds = 20;

    /// <summary>So long at most the first frames of a new flow wait until the peer knows the flow; 0: they do not.</summary>
    public int HoldNewFlowsMilliseconds { get; init; }
}

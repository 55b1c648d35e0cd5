using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// The lane of a pair. Its first path is the sync link; beside it stands each port with virtual hosts, by name, which is the same on both
/// boxes, so that both number their paths alike.
/// </summary>
/// <param name="Ports">By path.</param>
/// <param name="Peer">On the sync link.</param>
/// <param name="Own">From which the peer is spoken to there.</param>
/// <param name="Key">64 hexadecimal digits.</param>
public sealed record LanePlan(LaneSettings Settings, ImmutableArray<PortId> Ports, IpAddress Peer, IpAddress Own, SecretText Key)
{
    /// <summary>By content, so that a lane that stays the same is left alone.</summary>
    public bool Equals(LanePlan? other) =>
        other is not null
        && (Settings, Peer, Own) == (other.Settings, other.Peer, other.Own)
        && Key.Equals(other.Key)
        && Ports.SequenceEqual(other.Ports);

    public override int GetHashCode() => HashCode.Combine(Settings, Peer, Own);
}

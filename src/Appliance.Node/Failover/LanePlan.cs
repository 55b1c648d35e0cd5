using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// The lane of a pair. Its first path is the sync link, which may have any name; beside it stand ports with virtual hosts, whose names are
/// the same on both boxes.
/// </summary>
/// <param name="Ports">By path.</param>
/// <param name="Peer">On the sync link.</param>
/// <param name="Own">From which the peer is spoken to there.</param>
/// <param name="Key">64 hexadecimal digits.</param>
public sealed record LanePlan(LaneSettings Settings, ImmutableArray<PortId> Ports, IpAddress Peer, IpAddress Own, SecretText Key)
{
    /// <summary>Bytes of a message of sync that fit into a frame on each of its ports.</summary>
    public int SyncMessageBytes { get; init; } = 1280 - Ipv6View.HeaderLength - Lane.SyncOverhead;

    /// <summary>By what both boxes know each path; older programs know them by their numbers, which are in the order of names.</summary>
    public ImmutableArray<uint> PathTags { get; init; } = [];

    /// <summary>So long at most the first frames of a new flow wait until the peer knows it; 0: they do not.</summary>
    public long HoldNanoseconds { get; init; }

    /// <summary>By its address, as far as each is configured with the other's, one of the two wins ties.</summary>
    public bool ClaimsTies => Own.Bits < Peer.Bits;

    /// <summary>64 bits that both boxes have and nobody else.</summary>
    public ulong NumberFor(ReadOnlySpan<byte> purpose) => NewKey().NumberFor(purpose);

    /// <summary>What the secret's digits say.</summary>
    internal LaneKey NewKey() =>
        LaneKey.TryParse(Key.Reveal(), out LaneKey? key) ? key : throw new InvalidOperationException("No key of a lane.");

    /// <summary>By content, so that a lane that stays the same is left alone.</summary>
    public bool Equals(LanePlan? other) =>
        other is not null
        && (Settings, Peer, Own) == (other.Settings, other.Peer, other.Own)
        && (SyncMessageBytes, HoldNanoseconds) == (other.SyncMessageBytes, other.HoldNanoseconds)
        && Key.Equals(other.Key)
        && Ports.SequenceEqual(other.Ports)
        && PathTags.SequenceEqual(other.PathTags);

    public override int GetHashCode() => HashCode.Combine(Settings, Peer, Own);
}

namespace Appliance.Benchmarks.Harness;

/// <summary>What a comparison measured.</summary>
public sealed record ComparisonResult(Comparison Comparison, Spread Ours, IReadOnlyList<PeerResult> Peers)
{
    /// <summary>Whether the bar holds at the lower end of the spread; null when there is no bar, or no peer to measure it by.</summary>
    public bool? Holds =>
        Comparison.Bar is { } bar && Peers.FirstOrDefault(peer => peer.Name == bar.Peer) is { } measured
            ? measured.Ratio.Minimum >= bar.Must
            : null;
}

namespace Appliance.Benchmarks.Harness;

/// <summary>What one peer took, in nanoseconds a unit, and how many times as fast ours was, round by round.</summary>
public sealed record PeerResult(string Name, Spread Nanoseconds, Spread Ratio);

namespace Appliance.Benchmarks.Harness;

/// <summary>How many times as fast as <paramref name="Peer"/> ours must be, even in its worst round, and what is aimed at.</summary>
public sealed record Bar(string Peer, double Must, double Aim);

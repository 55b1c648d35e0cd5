namespace Appliance.Benchmarks.Harness;

/// <summary>One row of the benchmark: our code and, where they are installed, the peers that do the same work on the same data.</summary>
/// <param name="Name">What is done, on what data.</param>
/// <param name="Unit">What one unit of work is, in the singular.</param>
/// <param name="Ours">Our code.</param>
/// <param name="Peers">None, one or more; empty when the peer is not installed.</param>
/// <param name="Bar">Null for a row that is only reported.</param>
public sealed record Comparison(string Name, string Unit, Contender Ours, IReadOnlyList<Contender> Peers, Bar? Bar = null);

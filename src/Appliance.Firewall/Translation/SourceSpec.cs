namespace Appliance.Firewall;

/// <summary>What a rule does with sources: <c>nat</c>, <c>nat-to</c>, <c>binat</c> on the way out.</summary>
public sealed record SourceSpec(PoolSpec Pool, PortPolicy Ports);

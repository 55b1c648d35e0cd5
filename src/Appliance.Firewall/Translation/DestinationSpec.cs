namespace Appliance.Firewall;

/// <summary>What a rule does with destinations: <c>rdr</c>, <c>rdr-to</c>, <c>binat</c> on the way in.</summary>
public sealed record DestinationSpec(PoolSpec Pool, DestinationPorts Ports);

namespace Appliance.Firewall;

/// <summary>An address of a pool, and of a route's pool the port by which it is reached.</summary>
public readonly record struct PoolChoice(UInt128 Address, ushort? Via = null);

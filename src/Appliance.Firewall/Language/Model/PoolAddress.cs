namespace Appliance.Firewall.Language;

/// <summary>
/// A member of a pool; with an interface where the pool is one of next hops. <see cref="HostKind.Any" /> leaves the address as it is.
/// </summary>
public sealed record PoolAddress(PfHost Host, string Interface = "");

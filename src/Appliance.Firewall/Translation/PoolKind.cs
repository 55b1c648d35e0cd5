namespace Appliance.Firewall;

/// <summary>How a pool chooses among its addresses (pf.conf(5), "ADDRESS POOLS").</summary>
public enum PoolKind : byte
{
    /// <summary>The first address, always: a pool of one.</summary>
    First,

    /// <summary><c>bitmask</c>: the network of the first prefix, the host of the address that is translated.</summary>
    Bitmask,

    /// <summary><c>random</c>: any, by a keyed function of the flow.</summary>
    Random,

    /// <summary><c>source-hash</c>: any, the same for the same source, by a keyed function of it.</summary>
    SourceHash,

    /// <summary><c>round-robin</c>: one after the other.</summary>
    RoundRobin,
}

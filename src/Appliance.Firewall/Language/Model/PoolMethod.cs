namespace Appliance.Firewall.Language;

/// <summary>How a pool's address is chosen.</summary>
public enum PoolMethod : byte
{
    None,
    Bitmask,
    Random,
    SourceHash,
    RoundRobin,
}

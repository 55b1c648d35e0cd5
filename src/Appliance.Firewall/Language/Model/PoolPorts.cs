namespace Appliance.Firewall.Language;

/// <summary>The ports of a pool, both included; 0 and 0 leave the port as it is.</summary>
public readonly record struct PoolPorts(ushort First, ushort Last)
{
    /// <summary>What source NAT takes when the ruleset names none.</summary>
    public static readonly PoolPorts Proxy = new(PortRange.Default.Low, PortRange.Default.High);
}

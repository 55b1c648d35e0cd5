namespace Appliance.Firewall;

/// <summary>What <c>set optimization</c> may say; <c>high-latency</c> is another word for <see cref="Satellite"/>.</summary>
public enum StateOptimization
{
    Normal,
    Satellite,
    Conservative,
    Aggressive,
}

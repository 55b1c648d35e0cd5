namespace Appliance.Firewall;

/// <summary>A timeout by its name in pf.conf (<c>tcp.established</c>, <c>udp.single</c>) that a rule sets for its states.</summary>
public readonly record struct StateTimeout(string Name, uint Seconds);

namespace Appliance.Firewall.Language;

/// <summary>At most so many in so many seconds.</summary>
public readonly record struct PacketRate(uint Limit, uint Seconds);

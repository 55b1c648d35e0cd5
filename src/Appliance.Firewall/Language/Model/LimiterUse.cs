namespace Appliance.Firewall.Language;

/// <summary>A rule's limiter, by its number.</summary>
public sealed record LimiterUse(uint Id, LimiterAction Action);

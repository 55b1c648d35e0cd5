namespace Appliance.Firewall.Language;

/// <summary>A timeout's value: seconds, or states for the two adaptive ones.</summary>
public readonly record struct TimeoutSetting(PfTimeout Timeout, uint Value);

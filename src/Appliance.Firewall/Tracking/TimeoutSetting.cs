namespace Appliance.Firewall;

/// <summary>What a ruleset or a rule sets a timeout to: seconds; of the adaptive two, states.</summary>
public readonly record struct TimeoutSetting(StateTimeout Timeout, uint Value);

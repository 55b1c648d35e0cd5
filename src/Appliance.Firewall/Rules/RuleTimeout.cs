namespace Appliance.Firewall;

/// <summary>A timeout that a rule sets for its states: seconds; of the adaptive two, states.</summary>
public readonly record struct RuleTimeout(StateTimeout Timeout, uint Value);

namespace Appliance.Configuration.Asked;

internal sealed record FirewallConfig(Positioned<string>? Ruleset);

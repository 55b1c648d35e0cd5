namespace Appliance.Configuration;

public sealed record FirewallModel(FileReference Ruleset);

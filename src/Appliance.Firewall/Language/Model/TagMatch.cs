namespace Appliance.Firewall.Language;

public sealed record TagMatch(string Name, bool Negated);

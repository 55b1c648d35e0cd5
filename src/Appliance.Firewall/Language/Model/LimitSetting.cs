namespace Appliance.Firewall.Language;

public readonly record struct LimitSetting(PfLimit Limit, uint Value);

namespace Appliance.Configuration.Keys;

internal static class FirewallKeys
{
    public static readonly ScalarKey<string> Ruleset = new("ruleset", Kinds.File) { IsRequired = true };

    public static readonly Section Section = new("the firewall", Ruleset);
}

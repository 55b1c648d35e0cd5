namespace Appliance.Firewall.Language;

/// <summary>What a rule does when its limiter refuses.</summary>
public enum LimiterAction : byte
{
    NoMatch,
    Block,
}

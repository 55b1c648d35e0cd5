namespace Appliance.Firewall;

/// <summary>What a rule does with a packet it matches. A match rule decides nothing: what it asks for is gathered.</summary>
public enum RuleAction : byte
{
    Pass,
    Block,
    Match,
}

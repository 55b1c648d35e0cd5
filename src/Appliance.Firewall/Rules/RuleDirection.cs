namespace Appliance.Firewall;

/// <summary>The way through a port that a rule is about; a packet has one of <see cref="In"/> and <see cref="Out"/>.</summary>
public enum RuleDirection : byte
{
    Both,
    In,
    Out,
}

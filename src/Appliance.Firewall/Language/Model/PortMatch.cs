namespace Appliance.Firewall.Language;

/// <summary>One condition on a port; <paramref name="Last" /> counts for the operators of two ports only.</summary>
public readonly record struct PortMatch(MatchOperator Operator, ushort First, ushort Last);

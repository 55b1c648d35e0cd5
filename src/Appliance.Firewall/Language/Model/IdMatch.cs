namespace Appliance.Firewall.Language;

/// <summary>One condition on the user or group of a socket; <see cref="Unknown" /> stands for no socket.</summary>
public readonly record struct IdMatch(MatchOperator Operator, uint First, uint Last)
{
    public const uint Unknown = uint.MaxValue;
}

namespace Appliance.Firewall;

/// <summary>
/// A condition on a port number; the default is any. Only the operators of two numbers look at <paramref name="Second"/>.
/// </summary>
public readonly record struct PortMatch(MatchOperator Operator, ushort First, ushort Second = 0)
{
    public bool IsAny => Operator == MatchOperator.Any;

    public bool Matches(ushort port) => Operator switch
    {
        MatchOperator.Any => true,
        MatchOperator.Equal => port == First,
        MatchOperator.NotEqual => port != First,
        MatchOperator.Less => port < First,
        MatchOperator.LessOrEqual => port <= First,
        MatchOperator.Greater => port > First,
        MatchOperator.GreaterOrEqual => port >= First,
        MatchOperator.Range => port >= First && port <= Second,
        MatchOperator.Inside => port > First && port < Second,
        MatchOperator.Outside => port < First || port > Second,
        _ => false,
    };
}

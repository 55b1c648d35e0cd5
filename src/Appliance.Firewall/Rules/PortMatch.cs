namespace Appliance.Firewall;

/// <summary>
/// A condition on a port number; the default is any. Only the operators of two numbers look at <paramref name="Second"/>.
/// </summary>
public readonly record struct PortMatch(PortOperator Operator, ushort First, ushort Second = 0)
{
    public bool IsAny => Operator == PortOperator.Any;

    public bool Matches(ushort port) => Operator switch
    {
        PortOperator.Any => true,
        PortOperator.Equal => port == First,
        PortOperator.NotEqual => port != First,
        PortOperator.Less => port < First,
        PortOperator.LessOrEqual => port <= First,
        PortOperator.Greater => port > First,
        PortOperator.GreaterOrEqual => port >= First,
        PortOperator.Range => port >= First && port <= Second,
        PortOperator.Inside => port > First && port < Second,
        PortOperator.Outside => port < First || port > Second,
        _ => false,
    };
}

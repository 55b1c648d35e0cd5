namespace Appliance.Firewall.Language;

/// <summary>One side of a rule: address and port.</summary>
public sealed record PfEndpoint(PfHost Host, PortMatch Port)
{
    public static readonly PfEndpoint Any = new(PfHost.Any, default);
}

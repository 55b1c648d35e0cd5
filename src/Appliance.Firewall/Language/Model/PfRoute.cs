namespace Appliance.Firewall.Language;

/// <summary>Where packets go instead of by the routing table.</summary>
public sealed record PfRoute(RouteKind Kind, PfPool Pool);

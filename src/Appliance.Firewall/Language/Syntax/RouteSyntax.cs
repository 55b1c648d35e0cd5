namespace Appliance.Firewall.Language;

/// <summary>A route as it was written.</summary>
internal sealed record RouteSyntax(RouteKind Kind, PoolSyntax Pool);

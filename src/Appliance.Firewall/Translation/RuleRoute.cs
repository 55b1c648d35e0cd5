namespace Appliance.Firewall;

/// <summary>
/// Where one rule sends packets instead of by the routing table, resolved and immutable. <see cref="Rule.Route"/> is an index into a list
/// of these. Whoever sends them works by the <see cref="LiveRoute"/> made of it.
/// </summary>
/// <param name="Kind">Which packets.</param>
/// <param name="Pool">
/// Next hops, each with the port that it is at (<see cref="PoolMember.Via"/>). Address 0 stands for none: the destination is on that link.
/// </param>
public sealed record RuleRoute(RouteKind Kind, PoolSpec Pool);

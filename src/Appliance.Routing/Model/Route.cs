using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Where a prefix goes.</summary>
/// <param name="To">The prefix, without host bits.</param>
/// <param name="Target">There.</param>
public sealed record Route(IpPrefix To, RouteTarget Target);

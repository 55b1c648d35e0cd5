using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>A prefix leads somewhere else from now on.</summary>
/// <param name="To">The prefix, without host bits.</param>
/// <param name="Target">Where; null: nobody says any more.</param>
public readonly record struct RouteChange(IpPrefix To, RouteTarget? Target);

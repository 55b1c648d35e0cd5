using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>One way on: out of a port, to a gateway or, where there is none, to the destination itself.</summary>
/// <param name="Port">Where.</param>
/// <param name="Gateway">To whom.</param>
/// <param name="Weight">Its share of the flows among the ways of a target, from 1.</param>
public readonly record struct NextHop(int Port, IpAddress? Gateway, int Weight = 1);

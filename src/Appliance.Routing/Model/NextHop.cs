using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>One way on: out of a port, to a gateway or, where there is none, to the destination itself.</summary>
public readonly record struct NextHop(int Port, IpAddress? Gateway);

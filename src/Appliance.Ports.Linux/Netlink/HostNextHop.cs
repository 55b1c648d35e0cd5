using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>One way of a route of the host.</summary>
/// <param name="Gateway">Null: the destination is on the link.</param>
/// <param name="DeviceIndex">By which device.</param>
/// <param name="Weight">Its share among the ways of the route, from 1.</param>
public readonly record struct HostNextHop(IpAddress? Gateway, int DeviceIndex, int Weight);

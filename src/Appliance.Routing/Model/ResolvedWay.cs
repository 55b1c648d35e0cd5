using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>One way on.</summary>
/// <param name="Port">Where it leaves.</param>
/// <param name="Kind">Whether the neighbour is known.</param>
/// <param name="Mac">The gateway's, where it is.</param>
public readonly record struct ResolvedWay(ushort Port, WayKind Kind, MacAddress Mac);

using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>What the kernel knows of a neighbour.</summary>
/// <param name="DeviceIndex">On which link.</param>
/// <param name="Address">Of the neighbour.</param>
/// <param name="Mac">Null: not known.</param>
/// <param name="State">NUD_… of linux/neighbour.h, a bit each: 2 reachable, 4 stale, 0x20 failed, 0x80 permanent.</param>
public sealed record HostNeighbour(int DeviceIndex, IpAddress Address, MacAddress? Mac, ushort State);

using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>A route of the kernel's tables, whoever put it there.</summary>
/// <param name="Destination">Host bits are zero.</param>
/// <param name="NextHops">None for a route that drops.</param>
/// <param name="Metric">The smaller goes first.</param>
/// <param name="Table">254: main.</param>
/// <param name="Protocol">Who put it there: RTPROT_… of linux/rtnetlink.h (2 the kernel, 3 boot, 4 static, 186 BGP, 188 OSPF).</param>
/// <param name="Type">RTN_…: 1 unicast, 6 blackhole, 7 unreachable, 8 prohibit.</param>
/// <param name="Source">The address that the host prefers by this way.</param>
public sealed record HostRoute(
    IpPrefix Destination, ImmutableArray<HostNextHop> NextHops, uint Metric, uint Table, byte Protocol, byte Type, IpAddress? Source)
{
    public const uint MainTable = 254;
    public const byte ByKernel = 2, Unicast = 1, Blackhole = 6, Unreachable = 7, Prohibit = 8;

    public bool IsDefault => Destination.Length == 0 && Type == Unicast;

    public bool IsBy(int deviceIndex) => NextHops.Any(way => way.DeviceIndex == deviceIndex);
}

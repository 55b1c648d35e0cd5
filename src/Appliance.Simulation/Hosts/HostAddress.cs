using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>Where a host is, and whom it sends by.</summary>
internal readonly record struct HostAddress(Ipv4Address Own, Ipv4Address Gateway)
{
    /// <summary>Of the network <c>10.N.0.0/24</c>, whose gateway is the virtual address.</summary>
    public static HostAddress In(int network, int host)
    {
        uint prefix = (10u << 24) | ((uint)network << 16);
        return new HostAddress(new Ipv4Address(prefix | (uint)host), new Ipv4Address(prefix | 254));
    }
}

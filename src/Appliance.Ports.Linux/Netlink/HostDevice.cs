using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>A network device of the host, as the kernel described it when it was asked.</summary>
/// <param name="Index">By which the kernel knows it; a device that comes back has another.</param>
/// <param name="Name">Of the interface.</param>
/// <param name="Mac">Zero where the link has none.</param>
/// <param name="MtuBytes">From the IP header on.</param>
/// <param name="IsUp">Administratively.</param>
/// <param name="HasCarrier">The cable, or what stands for it, is in.</param>
/// <param name="Master">The index of the device that this one is a part of (a bridge, a bond, the synthetic device of a virtual function);
/// 0: none.</param>
/// <param name="Kind">What software makes it (veth, tun, bridge); empty for hardware.</param>
public sealed record HostDevice(
    int Index, string Name, MacAddress Mac, int MtuBytes, bool IsUp, bool HasCarrier, int Master, string Kind);

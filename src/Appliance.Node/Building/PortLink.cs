using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Node;

/// <summary>What the device of a live port is, as far as the data path works by it.</summary>
/// <param name="Mac">Of the device; also makes the port's link-local address.</param>
/// <param name="Capabilities">What the device can do by itself; the configuration says what of it is used.</param>
/// <param name="MtuBytes">The longest datagram that the device takes; the port's mtu is no longer than that.</param>
public readonly record struct PortLink(MacAddress Mac, PortCapabilities Capabilities, int MtuBytes)
{
    public static PortLink Of(IPort port) => new(port.Mac, port.Capabilities, port.MtuBytes);
}

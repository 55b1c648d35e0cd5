#if WITH_SHARPPCAP
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Ports.Linux;
using Appliance.Ports.SharpPcap;

namespace Appliance.Running;

/// <summary>
/// Devices by libpcap (backend sharppcap), for who wants exactly that library between: slower than packet sockets, with no offload, and the
/// kernel hears what comes as well. Control traffic has its own socket, as with any device.
/// </summary>
internal static class SharpPcapDevices
{
    /// <summary>Throws <see cref="PortFault"/>.</summary>
    public static LiveDevice Open(PortModel port, HostDevice device, int queues)
    {
        int mtuBytes = Math.Min(port.MtuBytes, device.MtuBytes);
        try
        {
            var opened = new SharpPcapPort(new PortId((ushort)port.Index), port.Name, device.Name, mtuBytes, queues);
            try
            {
                return new LiveDevice(opened, ControlSocket.Open(device.Name, ControlTraffic.Neighbours, port.Name))
                {
                    OpenFailoverWire = () => ControlSocket.Open(device.Name, ControlTraffic.Failover, port.Name),
                };
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        }
        catch (IOException failure) when (failure is not SystemCallException)
        {
            throw new PortFault(isWrong: false, $"port {port.Name}: libpcap does not open {device.Name}: {failure.Message}");
        }
    }

    /// <summary>Whether the very device that was opened is still there; libpcap tells of that only some of who sleep on it.</summary>
    public static bool IsThere(LiveDevice open, DeviceCatalog catalog)
    {
        try
        {
            return open.Wire is not ControlSocket wire || catalog.Devices().Any(device => device.Index == wire.DeviceIndex);
        }
        catch (SystemCallException)
        {
            return true;                                                // it is asked again soon
        }
    }

    public static PortLosses LossesOf(IPort port) => port is SharpPcapPort opened ? new PortLosses(opened.Lost, opened.NotSent) : default;
}
#endif

using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>The devices of this machine.</summary>
internal sealed class LinuxPortSource : IPortSource, IDisposable
{
    private const string Interfaces = "/sys/class/net";

    public int EventDescriptor => -1;

    public bool ReadEvents() => false;

    public LiveDevice Open(PortModel port, int queues)
    {
        if (port.Backend != PortBackend.AfPacket) throw new PortFault(isWrong: true, $"port {port.Name}: {WhyNot(port.Backend)}");
        string device = port.Device!.Text;
        if (!HasDevice(port))
        {
            string known = string.Join(", ", Directory.GetFileSystemEntries(Interfaces).Select(Path.GetFileName).Order());
            throw new PortFault(isWrong: true, $"port {port.Name}: there is no device {port.Device}; there are {known}");
        }

        try
        {
            AfPacketPort opened = AfPacketPort.Open(new AfPacketOptions
            {
                Id = new PortId((ushort)port.Index),
                Name = port.Name,
                Device = device,
                Queues = queues,
            });
            return new LiveDevice(opened, new SocketWire(ControlSocket.Open(device, ControlTraffic.Default, port.Name)));
        }
        catch (SystemCallException failure)
        {
            throw new PortFault(isWrong: false, $"port {port.Name}: its device {port.Device} cannot be had: {failure.Message}");
        }
    }

    public bool HasDevice(PortModel port) => Directory.Exists($"{Interfaces}/{port.Device!.Text}");

    public bool IsThere(LiveDevice open) => open.Port is not AfPacketPort { IsGone: true };

    public void Dispose()
    {
    }

    private static string WhyNot(PortBackend backend) => backend switch
    {
        PortBackend.Pcap => "backend pcap reads captures and is no device: it is for replay, trace and test; expected af-packet",
        PortBackend.AfXdp => "backend af-xdp is not there yet; expected af-packet",
        PortBackend.Tap => "backend tap is not there yet; expected af-packet",
        PortBackend.Memif => "backend memif is not there yet; expected af-packet",
        _ => "backend netvsc is not there yet; expected af-packet",
    };
}

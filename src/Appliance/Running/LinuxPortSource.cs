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
        try
        {
            return port.Backend switch
            {
                PortBackend.AfPacket => OpenDevice(port, queues),
                PortBackend.Tap => OpenTap(port, queues),
                _ => throw new PortFault(isWrong: true, $"port {port.Name}: {WhyNot(port.Backend)}"),
            };
        }
        catch (SystemCallException failure)
        {
            throw new PortFault(isWrong: false, $"port {port.Name}: its device {port.Device} cannot be had: {failure.Message}");
        }
    }

    public bool HasDevice(PortModel port) => port.Backend == PortBackend.Tap || Directory.Exists($"{Interfaces}/{port.Device!.Text}");

    public bool IsThere(LiveDevice open) => open.Port switch
    {
        AfPacketPort port => !port.IsGone,
        TapPort port => !port.IsGone,
        _ => true,
    };

    public void Dispose()
    {
    }

    private static LiveDevice OpenDevice(PortModel port, int queues)
    {
        string device = port.Device!.Text;
        if (!Directory.Exists($"{Interfaces}/{device}"))
        {
            string known = string.Join(", ", Directory.GetFileSystemEntries(Interfaces).Select(Path.GetFileName).Order());
            throw new PortFault(isWrong: true, $"port {port.Name}: there is no device {port.Device}; there are {known}");
        }

        AfPacketPort opened = AfPacketPort.Open(new AfPacketOptions
        {
            Id = new PortId((ushort)port.Index),
            Name = port.Name,
            Device = device,
            Queues = queues,
        });
        return With(opened, () => ControlSocket.Open(device, ControlTraffic.Default, port.Name));
    }

    private static LiveDevice OpenTap(PortModel port, int queues)
    {
        TapPort opened = TapPort.Open(new TapOptions
        {
            Id = new PortId((ushort)port.Index),
            Name = port.Name,
            Device = port.Device!.Text,
            Queues = queues,
            MtuBytes = port.MtuBytes,
        });
        return With(opened, () => opened.Control);
    }

    /// <summary>Both, or neither.</summary>
    private static LiveDevice With(IPort port, Func<IControlChannel> openWire)
    {
        try
        {
            return new LiveDevice(port, openWire());
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }

    private static string WhyNot(PortBackend backend) => backend switch
    {
        PortBackend.Pcap => "backend pcap reads captures and has no device: it is for replay, trace and test; expected af-packet or tap",
        PortBackend.AfXdp => "backend af-xdp is not there yet; expected af-packet or tap",
        PortBackend.Memif => "backend memif is not there yet; expected af-packet or tap",
        _ => "backend netvsc is not there yet; expected af-packet or tap",
    };
}

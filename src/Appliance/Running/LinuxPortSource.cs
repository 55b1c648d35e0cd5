using System.Globalization;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Ports.Linux;
using Appliance.Threads;

namespace Appliance.Running;

/// <summary>The devices of this machine: found by what the configuration calls them, refused while the host itself lives by them.</summary>
internal sealed class LinuxPortSource : IPortSource, IHostEvents, IDisposable
{
    private const int MostWaits = 100, WaitMilliseconds = 10;
    private const int ShareOfMemory = 128;                              // of the machine's, for the rings of one port

    private readonly DeviceCatalog _catalog = new();
    private readonly HostMonitor _monitor = new(onlyDevices: true);
    private readonly DeviceEditor _editor = new();
    private readonly DeviceClaims _claims = new();
    private bool _hasChanged, _isRunning;

    public int EventDescriptor => _monitor.WakeupDescriptor;

    public bool ReadEvents()
    {
        (_hasChanged, _isRunning) = (false, true);
        _monitor.Read(this);
        return _hasChanged;
    }

    public LiveDevice Open(PortModel port, int queues)
    {
        try
        {
            return port.Backend switch
            {
                PortBackend.AfPacket => Claimed(port, Find(port), device => OpenDevice(port, device, queues)),
                PortBackend.Tap => Claimed(port, $"tap {port.Device}", $"{port.Device}", () => OpenTap(port, queues)),
#if WITH_SHARPPCAP
                PortBackend.SharpPcap => Claimed(port, Find(port), device => SharpPcapDevices.Open(port, device, queues)),
#endif
                _ => throw new PortFault(isWrong: true, $"port {port.Name}: {WhyNot(port.Backend)}"),
            };
        }
        catch (SystemCallException failure)
        {
            throw new PortFault(
                isWrong: false, $"port {port.Name}: its device {port.Device} cannot be had: {failure.Message}{Rights.Wanted(failure)}");
        }
    }

    public bool HasDevice(PortModel port) => port.Backend == PortBackend.Tap || IndexOf(port) is not null;

    public int? IndexOf(PortModel port)
    {
        try
        {
            return port.Device is { } device && _catalog.TryFind(device.ToString(), out HostDevice? found, out _) ? found!.Index : null;
        }
        catch (SystemCallException)
        {
            return null;                                                // it is asked again soon
        }
    }

    public bool TrySetMtu(LiveDevice open, int bytes) => open.Port is TapPort tap && _editor.TrySetMtu(tap.DeviceIndex, bytes);

    public bool IsThere(LiveDevice open) => open.Port switch
    {
        AfPacketPort port => !port.IsGone,
        TapPort port => !port.IsGone,
#if WITH_SHARPPCAP
        _ => SharpPcapDevices.IsThere(open, _catalog),
#else
        _ => true,
#endif
    };

    public void Dispose()
    {
        _monitor.Dispose();
        _editor.Dispose();
        _catalog.Dispose();
    }

    void IHostEvents.OnDevice(HostDevice device, bool isGone) => _hasChanged = true;

    void IHostEvents.OnAddress(HostAddress address, bool isGone)
    {
    }

    void IHostEvents.OnRoute(in RouteNotice route, bool isGone)
    {
    }

    void IHostEvents.OnNextHop(uint number, bool isGone)
    {
    }

    void IHostEvents.OnNeighbour(HostNeighbour neighbour, bool isGone)
    {
    }

    void IHostEvents.OnLost() => _hasChanged = true;

    /// <summary>Open, and fit to forward by.</summary>
    private LiveDevice Claimed(PortModel port, HostDevice device, Func<HostDevice, LiveDevice> open) => Claimed(
        port,
        string.Create(CultureInfo.InvariantCulture, $"device {device.Index}"),
        device.Name,
        () =>
        {
            MakeFit(port, device);
            return open(device);
        });

    /// <summary>
    /// Open, and no other process's for as long: two that have one device would both forward what it receives. At a start one that was
    /// killed just now may still be on its way out.
    /// </summary>
    private LiveDevice Claimed(PortModel port, string id, string name, Func<LiveDevice> open)
    {
        IDisposable? claim;
        int holder, waits = 0;
        while ((claim = _claims.TryTake(id, out holder)) is null && !_isRunning && waits++ < MostWaits)
            Thread.Sleep(WaitMilliseconds);
        if (claim is null)
        {
            string process = holder > 0 ? $" (process {holder})" : "";
            throw new PortFault(
                isWrong: false,
                $"port {port.Name}: another process has its device {name} already{process}; expected one appliance for each");
        }

        try
        {
            return open() with { Claim = claim };
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    private static LiveDevice OpenDevice(PortModel port, HostDevice device, int queues)
    {
        AfPacketPort opened = OpenSteered(port, new AfPacketOptions
        {
            Id = new PortId((ushort)port.Index),
            Name = port.Name,
            Device = device.Name,
            Queues = queues,
            SpareReceiveBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory,
            ReceiveProcessors = port.Offloads.Rps ? WorkerThreads.ProcessorsFor(queues) : [],
        });
        LiveDevice live = With(opened, () => ControlSocket.Open(device.Name, ControlTraffic.Neighbours, port.Name));
        return live with
        {
            Index = opened.DeviceIndex,
            OpenFailoverWire = () => ControlSocket.Open(device.Name, ControlTraffic.Failover, port.Name),
        };
    }

    private static AfPacketPort OpenSteered(PortModel port, AfPacketOptions options)
    {
        try
        {
            return AfPacketPort.Open(options);
        }
        catch (Exception failure)
            when (port.Offloads.Rps && failure is UnauthorizedAccessException or (IOException and not SystemCallException))
        {
            throw new PortFault(
                isWrong: false, $"port {port.Name}: rps: {options.Device} is not received on the workers' processors: {failure.Message}");
        }
    }

    /// <summary>The device that a configuration means, by which the host does not live. Throws <see cref="PortFault"/>.</summary>
    private HostDevice Find(PortModel port)
    {
        if (!_catalog.TryFind(port.Device!.ToString(), out HostDevice? device, out string problem))
            throw new PortFault(isWrong: true, $"port {port.Name}: {problem}");
        if (!port.TakesOver && _catalog.UseOf(device!.Index) is { } use)
        {
            throw new PortFault(
                isWrong: true,
                $"port {port.Name}: the host lives by its device {device.Name}: {use}; take that away first "
                + $"(ip address flush dev {device.Name}), or have it moved to the host path (take-over: true)");
        }

        return device!;
    }

    /// <summary>
    /// Up, and without large receive: what the device has joined without leaving a trace cannot be taken apart again, and no router may
    /// forward it. Throws <see cref="PortFault"/>.
    /// </summary>
    private void MakeFit(PortModel port, HostDevice device)
    {
        if (!_catalog.TryTurnOffLargeReceive(device.Name))
            throw new PortFault(isWrong: false, $"port {port.Name}: the driver of {device.Name} does not turn large receive offload off");
        if (!device.IsUp) _editor.SetUp(device.Index, isUp: true);
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
        return With(opened, () => opened.Control) with { Index = opened.DeviceIndex };
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

    private static string WhyNot(PortBackend backend) => backend == PortBackend.Pcap
        ? "backend pcap reads captures and has no device: it is for replay, trace and test; expected af-packet or tap"
        : $"backend {BuiltBackends.NameOf(backend)} is not there yet; expected af-packet or tap";
}

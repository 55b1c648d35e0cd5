using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Node;
using Appliance.Ports.Linux;
using Appliance.Routing;

namespace Appliance.Running;

/// <summary>
/// The host's ends of ports as TAPs. Each has its port's MAC address and asks nobody for another's: what the host sends there the appliance
/// routes, to whomever. An orderly end and a crash alike leave nothing of them.
/// </summary>
internal sealed class LinuxHostSide : IHostSide, IHostEvents, IDisposable
{
    private readonly DeviceCatalog _catalog = new();
    private readonly HostMonitor _monitor = new();
    private readonly DeviceEditor _editor = new();
    private readonly SocketCatalog _sockets = new();
    private readonly LinuxRoutes _routes = new();
    private readonly HostFurniture _furniture;
    private readonly TakeOverNotes? _notes;
    private readonly Dictionary<int, (bool LearnsV6, bool IsLeased)> _learning = [];    // by an end's device, as it is set now
    private bool _hasChanged;

    /// <param name="notes">Where is kept what was taken over; null: nowhere.</param>
    public LinuxHostSide(TakeOverNotes? notes = null) => (_notes, _furniture) = (notes, new HostFurniture(_editor));

    public int EventDescriptor => _monitor.WakeupDescriptor;

    public bool ReadEvents()
    {
        _hasChanged = false;
        _monitor.Read(this);
        return _hasChanged;
    }

    public HostEnd Open(PortModel port, PortLink link, int queues)
    {
        HostPathModel path = port.HostPath!;
        try
        {
            TapPort tap = TapPort.Open(new TapOptions
            {
                Id = new PortId((ushort)port.Index),
                Name = port.Name,
                Device = path.Device,
                Queues = queues,
                MtuBytes = link.MtuBytes,
                HostMac = link.Mac,
                Mac = link.Mac,
                Control = null,
                HasNeighbours = false,
                BeforeUp = device => Set(device, port),
            });
            var end = new HostEnd(path, link, tap, tap.DeviceIndex);
            _learning[end.DeviceIndex] = LearningOf(port);
            return port.TakesOver ? TakeOver(port, end) : end;
        }
        catch (SystemCallException failure)
        {
            throw new PortFault(isWrong: false, $"port {port.Name}: its host path {path.Device} cannot be had: {failure.Message}");
        }
    }

    public bool TrySetMtu(HostEnd end, int bytes) => _editor.TrySetMtu(end.DeviceIndex, bytes);

    public void SetCarrier(HostEnd end, bool isUp) => ((TapPort)end.Port).TrySetCarrier(isUp);

    public ImmutableArray<string> Furnish(RuntimeModel asked, IReadOnlyDictionary<int, HostEnd> ends)
    {
        ImmutableArray<string> faults = _furniture.Arrange(asked, ends);
        foreach (int gone in _learning.Keys.Except(ends.Values.Select(end => end.DeviceIndex)).ToArray()) _learning.Remove(gone);
        foreach ((int port, HostEnd end) in ends)
        {
            (bool, bool) now = LearningOf(asked.Ports[port]);
            if (_learning.TryGetValue(end.DeviceIndex, out (bool, bool) before) && before == now) continue;
            SetLearning(end.Path.Device, asked.Ports[port], isNew: false);
            _learning[end.DeviceIndex] = now;
        }

        return faults;
    }

    public MonotonicTime RoutesDeadline => _routes.NextDeadline;

    public int ReadRoutes(IReadOnlyDictionary<int, HostEnd> ends, Span<RouteChange> changes, MonotonicTime now) =>
        _routes.Step(ends, changes, now);

    public LearnedFacts Read(IReadOnlyDictionary<int, HostEnd> ends)
    {
        Dictionary<int, int> ports = ends.ToDictionary(end => end.Value.DeviceIndex, end => end.Key);
        var addresses = _catalog.Addresses().Where(address =>
            ports.ContainsKey(address.DeviceIndex)
            && !address.IsTentative && !address.Prefix.Address.IsLinkLocal && !_furniture.Has(address));
        return new LearnedFacts([.. addresses.Select(address => (ports[address.DeviceIndex], address.Prefix))]);
    }

    public ReservedPorts ReadListening()
    {
        ListeningPorts now = _sockets.Listeners();
        return new ReservedPorts(now.Tcp, now.Udp);
    }

    public ImmutableArray<string> GiveBack(HostEnd end)
    {
        if (end.TakenOver is not { } had) return [];
        string problem;
        try
        {
            if (_catalog.TryFind(end.TakenFrom, out HostDevice? device, out problem))
            {
                had.Return(_editor, end.DeviceIndex, device!.Index);
                _notes?.Forget(end.Port.Name);
                return [];
            }
        }
        catch (SystemCallException failure)
        {
            problem = failure.Message;
        }

        return [$"port {end.Port.Name}: the host does not get back what its device had: {problem}"];
    }

    public void Dispose()
    {
        _monitor.Dispose();
        _editor.Dispose();
        _sockets.Dispose();
        _routes.Dispose();
        _catalog.Dispose();
    }

    void IHostEvents.OnDevice(HostDevice device, bool isGone) => _routes.OnDevice(device.Index);

    void IHostEvents.OnAddress(HostAddress address, bool isGone)
    {
        _hasChanged = true;
        if (isGone) _routes.OnDevice(address.DeviceIndex);
    }

    void IHostEvents.OnRoute(in RouteNotice route, bool isGone) => _routes.OnRoute(route, isGone);

    void IHostEvents.OnNextHop(uint number, bool isGone) => _routes.OnNextHop(number, isGone);

    void IHostEvents.OnNeighbour(HostNeighbour neighbour, bool isGone)
    {
    }

    void IHostEvents.OnLost()
    {
        _hasChanged = true;
        _routes.Doubt();
    }

    /// <summary>
    /// What the host had on the device moves to the end. It is written down before: whoever starts after a crash finds a device that has
    /// nothing, and gives the end what is noted. With nothing moved when it fails.
    /// </summary>
    private HostEnd TakeOver(PortModel port, HostEnd end)
    {
        HostTakeOver? had = null;
        end = end with { TakenFrom = port.Device!.ToString() };
        try
        {
            if (!_catalog.TryFind(end.TakenFrom, out HostDevice? device, out _)) return end;
            had = HostTakeOver.Of(_catalog, device!.Index);
            if (had.Addresses.IsEmpty) had = _notes?.Read(port.Name, device.Index) ?? had;
            else _notes?.Write(port.Name, had);
            had.MoveTo(_editor, end.DeviceIndex);
            return end with { TakenOver = had };
        }
        catch (SystemCallException)
        {
            GiveBack(end with { TakenOver = had });
            end.Dispose();
            throw;
        }
    }

    /// <summary>What the appliance looks after itself (reverse paths, duplicate addresses) the host is not to.</summary>
    private static void Set(string device, PortModel port)
    {
        InterfaceSettings.TrySet("ipv4", device, "rp_filter", "0");
        InterfaceSettings.TrySet("ipv6", device, "accept_dad", "0");
        InterfaceSettings.TrySet("ipv6", device, "addr_gen_mode", "0");                         // EUI-64, as the port's own
        SetLearning(device, port, isNew: true);
    }

    /// <summary>
    /// The host takes addresses from routers only where the configuration lets it. That a DHCP client is wanted, or is no more, whoever
    /// starts and stops one reads off the interface's alias.
    /// </summary>
    private static void SetLearning(string device, PortModel port, bool isNew)
    {
        (bool learnsV6, bool isLeased) = LearningOf(port);
        InterfaceSettings.TrySet("ipv6", device, "accept_ra", learnsV6 ? "2" : "0");       // 2: also where the host forwards
        InterfaceSettings.TrySet("ipv6", device, "autoconf", learnsV6 ? "1" : "0");
        if (isLeased || !isNew) InterfaceSettings.TryAnnounceAlias(device, isLeased ? "dhcp" : "");
    }

    private static (bool LearnsV6, bool IsLeased) LearningOf(PortModel port) =>
        (port.LearnsV6, (port.Dynamic & DynamicAddressing.Dhcp) != 0);
}

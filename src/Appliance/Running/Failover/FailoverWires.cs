using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Node;
using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>
/// The devices as failover has them: a socket of its own on each that it speaks on, which takes CARP's protocol and nothing else. Of the
/// thread of failover.
/// </summary>
/// <param name="log">Of what cannot be opened.</param>
/// <param name="monitor">
/// Says when a device has changed; from here on this one's. A port without a link is handed over at once, not when the control thread,
/// which may be building a model, comes to it. Null: that is how it is.
/// </param>
internal sealed class FailoverWires(OperatorLog log, HostMonitor? monitor) : IFailoverSender, IDisposable
{
    /// <summary>
    /// Nanoseconds between two looks at carriers, if the thread is awake then: the kernel announces one that is lost up to a second later
    /// where another was announced before (linkwatch_schedule_work).
    /// </summary>
    public const long LinkInterval = 10_000_000;

    /// <summary>Frames of one wire that are read in one turn: a flood keeps nobody from speaking in time.</summary>
    public const int FramesPerTurn = 64;

    private readonly Dictionary<PortId, LiveDevice> _devices = [];
    private readonly Dictionary<PortId, IControlChannel> _wires = [];
    private readonly DeviceNews _news = new();
    private readonly Dictionary<PortId, LinkState> _links = [];         // as they were told last
    private MonotonicTime _linksRead;
    private readonly byte[] _frame = new byte[ControlSocket.MaxFrameBytes];

    public ImmutableArray<int> Descriptors { get; private set; } = [];

    /// <summary>Frames that came while too many waited.</summary>
    public long QueueFull => _wires.Values.Sum(wire => wire.QueueFull);

    public void Add(PortId port, LiveDevice device)
    {
        Close(port);
        _devices[port] = device;
    }

    public void Remove(PortId port)
    {
        Close(port);
        _devices.Remove(port);
        ListDescriptors();
    }

    /// <summary>Opens a wire on each port that the plan speaks on and that has none.</summary>
    public void OpenFor(FailoverPlan plan)
    {
        foreach (PortId port in PortsOf(plan).Where(port => !_wires.ContainsKey(port)))
        {
            if (_devices.TryGetValue(port, out LiveDevice? device)) Open(port, device, plan);
        }

        ListDescriptors();
    }

    /// <summary>Closes those on ports that it does not speak on.</summary>
    public void CloseBut(FailoverPlan plan)
    {
        HashSet<PortId> wanted = PortsOf(plan);
        foreach (PortId port in _wires.Keys.Where(port => !wanted.Contains(port)).ToArray()) Close(port);
        ListDescriptors();
    }

    public CarpSendOutcome Send(PortId port, ReadOnlySpan<byte> frame) =>
        _wires.TryGetValue(port, out IControlChannel? wire) && wire.Send(frame) ? CarpSendOutcome.Sent : CarpSendOutcome.Failed;

    /// <summary>The link of the device behind a wire, which the caller tells of; null: there is no wire, or it cannot say.</summary>
    /// <param name="port">Whose wire.</param>
    /// <param name="seen">What another has seen: if that is something else, the device is asked as if nothing were known of it.</param>
    public LinkState? LookAt(PortId port, LinkState seen)
    {
        if (!_wires.TryGetValue(port, out IControlChannel? wire) || wire.Link is not { } link) return null;
        if (link != seen)
        {
            wire.ForgetLink();
            link = wire.Link ?? link;
        }

        _links[port] = link;
        return link;
    }

    /// <summary>Tells of links that are no longer as they were, when a device has changed or it is time to look.</summary>
    public void ReadLinks(FailoverControl control, Func<MonotonicTime> clock)
    {
        if (monitor is null) return;
        MonotonicTime now = clock();
        bool hasNews = _news.Read(monitor);
        if (!hasNews && now - _linksRead < LinkInterval) return;
        _linksRead = now;
        foreach ((PortId port, IControlChannel wire) in _wires)
        {
            if (wire.Link is not { } link || (_links.TryGetValue(port, out LinkState told) && told == link)) continue;
            _links[port] = link;
            control.OnLink(port, link, clock());
        }
    }

    /// <summary>Hands on what has come; true: there may be more.</summary>
    public bool Read(FailoverControl control, Func<MonotonicTime> clock)
    {
        bool hasMore = false;
        foreach ((PortId port, IControlChannel wire) in _wires)
        {
            int left = FramesPerTurn;
            for (; left > 0 && wire.TryReceive(_frame, out int length); left--) control.OnFrame(port, _frame.AsSpan(0, length), clock());
            hasMore |= left == 0;
        }

        return hasMore;
    }

    public void Dispose()
    {
        foreach (IControlChannel wire in _wires.Values) wire.Dispose();
        _wires.Clear();
        monitor?.Dispose();
    }

    private static HashSet<PortId> PortsOf(FailoverPlan plan) => [.. plan.Ports.Select(port => port.Physical)];

    private void ListDescriptors() =>
        Descriptors =
        [
            .. _wires.Values.Select(wire => wire.WakeupDescriptor).Append(monitor?.WakeupDescriptor ?? -1).Where(number => number >= 0),
        ];

    private void Open(PortId port, LiveDevice device, FailoverPlan plan)
    {
        string name = plan.Table[port.Index].Name;
        try
        {
            if (device.OpenFailoverWire is { } open) _wires.Add(port, open());
            else log.Say($"warning: port {name}: no CARP on its device; expected backend af-packet");
        }
        catch (SystemCallException failure)
        {
            log.SayOften($"carp on {name}", $"port {name}: CARP has no way to its device: {failure.Message}");
        }
    }

    private void Close(PortId port)
    {
        if (_wires.Remove(port, out IControlChannel? wire)) wire.Dispose();
        _links.Remove(port);
    }
}

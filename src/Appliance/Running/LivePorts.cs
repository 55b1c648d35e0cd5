using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>
/// The devices behind the ports of a running appliance: opened for what the configuration asks, given to the workers, taken away when the
/// configuration or the device goes, and taken again when the device returns. The control thread's.
/// <code>
///     opened ──► with the workers ──► leaving ──► closed
///                  │         ▲          until no worker touches it
///          device gone    device back
///                  ▼         │
///                     absent
/// </code>
/// </summary>
internal sealed class LivePorts(IPortSource source, ImmutableArray<IPortFollower> followers, OperatorLog log) : IDisposable
{
    /// <summary>Nanoseconds between two tries to open a device that is there and cannot be had.</summary>
    public const long RetryInterval = 1_000_000_000;

    /// <summary>Nanoseconds between two looks at the devices, when nothing is announced.</summary>
    public const long LookInterval = 1_000_000_000;

    private readonly Dictionary<int, LivePort> _ports = [];
    private readonly List<(PortDetachment Detachment, LiveDevice Device)> _leaving = [];
    private MonotonicTime _nextLook;

    /// <summary>Grows when a device is another than before: <see cref="Links"/> says which.</summary>
    public int LinkChanges { get; private set; }

    /// <summary>Of the ports that have, or had, a device.</summary>
    public ImmutableDictionary<int, PortLink> Links => _ports.ToImmutableDictionary(port => port.Key, port => port.Value.Link);

    public ImmutableArray<int> Descriptors { get; } = source.EventDescriptor >= 0 ? [source.EventDescriptor] : [];

    /// <summary>By index; those of the configuration in force.</summary>
    public IReadOnlyDictionary<int, LivePort> All => _ports;

    /// <summary>Whether the node or a closed device is to be looked at soon.</summary>
    public bool IsBusy => _leaving.Count > 0;

    /// <summary>
    /// Opens what the first configuration asks. Throws one <see cref="PortFault"/> of all that cannot be had, with nothing left open.
    /// </summary>
    public void OpenAll(RuntimeModel configuration, int queues) => Take(Prepare(configuration, queues));

    public void AttachAll(ApplianceNode node)
    {
        foreach (LivePort live in _ports.Values) Attach(node, live);
    }

    /// <summary>
    /// Opens what another configuration asks beyond what is open; nothing else happens yet. Throws one <see cref="PortFault"/> of all that
    /// cannot be had, with nothing more open than before.
    /// </summary>
    /// <param name="next">Numbered as what is running.</param>
    /// <param name="queues">One for each worker.</param>
    public PortChange Prepare(RuntimeModel next, int queues)
    {
        var opened = ImmutableArray.CreateBuilder<(PortModel, LiveDevice Device)>();
        var faults = new List<PortFault>();
        var owners = new Dictionary<int, PortModel>();                  // by device
        foreach (PortModel model in next.Ports.Where(port => port.IsPhysical).OrderByDescending(HasDeviceOf))    // who has it keeps it
        {
            try
            {
                if (IndexOf(model) is { } device && !owners.TryAdd(device, model)) throw Twice(model, owners[device]);
                if (!HasDeviceOf(model)) opened.Add((model, source.Open(model, queues)));
            }
            catch (PortFault fault)
            {
                faults.Add(fault);
            }
        }

        if (faults.Count > 0)
        {
            foreach ((_, LiveDevice device) in opened) device.Dispose();
            throw new PortFault(faults.Exists(fault => fault.IsWrong), [.. faults.SelectMany(fault => fault.Lines)]);
        }

        HashSet<int> stay = [.. next.Ports.Where(HasDeviceOf).Select(port => port.Index)];
        return new PortChange(opened.ToImmutable(), [.. _ports.Keys.Where(port => !stay.Contains(port))]);
    }

    /// <summary>Puts a configuration in force with what <see cref="Prepare"/> has opened for it.</summary>
    /// <param name="node">Which is to work by it.</param>
    /// <param name="next">The configuration.</param>
    /// <param name="change">Its ports.</param>
    /// <param name="pairSecret">Of its pair; null: it has none.</param>
    public void Commit(ApplianceNode node, RuntimeModel next, PortChange change, ulong? pairSecret)
    {
        foreach (int index in change.Closed)
        {
            if (_ports[index].Device is not null) TakeAway(node, _ports[index], isRemoved: next.Ports[index].IsVacant);
            _ports.Remove(index);
        }

        Take(change);
        foreach (LivePort live in _ports.Values) Become(live, next.Ports[live.Model.Index]);
        node.Apply(next, Links, pairSecret: pairSecret);
        foreach ((PortModel model, _) in change.Opened) Attach(node, _ports[model.Index]);
    }

    /// <summary>Closes devices that no worker touches any more; looks for devices that have come, gone or changed.</summary>
    public void Tend(ApplianceNode node, MonotonicTime now)
    {
        CloseLeft();
        if (!source.ReadEvents() && now < _nextLook) return;
        _nextLook = now + LookInterval;
        foreach (LivePort live in _ports.Values) LookAt(node, live, now);
    }

    /// <summary>When the workers have no threads any more.</summary>
    public void Dispose()
    {
        foreach ((_, LiveDevice device) in _leaving) device.Dispose();
        foreach (LivePort live in _ports.Values) live.Device?.Dispose();
        _leaving.Clear();
        _ports.Clear();
    }

    /// <summary>Each is asked once: a detachment may be done from one moment to the next.</summary>
    private void CloseLeft()
    {
        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            if (!_leaving[i].Detachment.IsDone) continue;
            _leaving[i].Device.Dispose();
            _leaving.RemoveAt(i);
        }
    }

    /// <summary>Frames would come in by both. By another name the configuration does not show it.</summary>
    private static PortFault Twice(PortModel port, PortModel owner) => new(
        isWrong: true,
        $"port {port.Name}: its device {port.Device} is that of port {owner.Name} already; expected each device once");

    /// <summary>Of the device that it has, and keeps; else of the one that it means.</summary>
    private int? IndexOf(PortModel port) =>
        HasDeviceOf(port) && _ports[port.Index].Device is { Index: { } open } ? open : source.IndexOf(port);

    /// <summary>The port that has the device open which another one means.</summary>
    private PortModel? OwnerOf(PortModel port) => source.IndexOf(port) is { } device
        ? _ports.Values.FirstOrDefault(live => live.Device?.Index == device)?.Model
        : null;

    /// <summary>Whether what is open for the port, or was until its device went, is what it asks for.</summary>
    private bool HasDeviceOf(PortModel port) =>
        port.IsPhysical
        && _ports.TryGetValue(port.Index, out LivePort? live)
        && live.Model.Backend == port.Backend
        && live.Model.Device == port.Device;

    private void Take(PortChange change)
    {
        foreach ((PortModel model, LiveDevice device) in change.Opened)
        {
            var live = new LivePort(model, device);
            _ports.Add(model.Index, live);
            WarnOfMtu(live);
            Came(live);
        }
    }

    /// <summary>Its device stays; one that is made for it gets the MTU.</summary>
    private void Become(LivePort live, PortModel next)
    {
        bool isOther = next.MtuBytes != live.Model.MtuBytes;
        if (next.Offloads.Rps != live.Model.Offloads.Rps)
            log.Say($"warning: port {next.Name}: rps will be {(next.Offloads.Rps ? "on" : "off")} when its device is opened anew");
        live.Model = next;
        if (!isOther) return;
        if (next.Backend != PortBackend.Tap)
        {
            WarnOfMtu(live);
            return;
        }

        if (live.Device is not { } device) return;
        if (!source.TrySetMtu(device, next.MtuBytes))
            log.Say($"warning: port {next.Name}: {next.Device} does not get mtu {next.MtuBytes}, and keeps {live.Link.MtuBytes}");
        live.TryRefresh();
    }

    private void WarnOfMtu(LivePort live)
    {
        PortModel model = live.Model;
        if (model.MtuBytes <= live.Link.MtuBytes) return;
        log.Say($"warning: port {model.Name}: mtu {model.MtuBytes} is over the {live.Link.MtuBytes} of {model.Device}, which count");
    }

    /// <summary>Gives the workers their queues. False: the device has gone meanwhile, and is looked for again.</summary>
    private bool Attach(ApplianceNode node, LivePort live)
    {
        try
        {
            node.Attach(live.Device!.Port);
            return true;
        }
        catch (SystemCallException failure)
        {
            log.SayOften(live.Model.Name, $"port {live.Model.Name}: its device {live.Model.Device} cannot be had: {failure.Message}");
            Went(live);
            live.Go().Dispose();
            return false;
        }
    }

    private void LookAt(ApplianceNode node, LivePort live, MonotonicTime now)
    {
        if (live.Device is null)
        {
            if (now >= live.NextTry && source.HasDevice(live.Model)) TryRegain(node, live, now);
        }
        else if (!source.IsThere(live.Device))
        {
            log.SayOften(
                live.Model.Name, $"port {live.Model.Name}: its device {live.Model.Device} is gone; it is taken again when it returns");
            live.NextTry = default;
            TakeAway(node, live);
        }
        else
        {
            if (live.TryRefresh()) Tell(node);
            if (!live.TryRefreshLink()) return;
            log.SayOften(live.Model.Name, $"port {live.Model.Name}: link {(live.IsUp ? "up" : "down")}");
            Linked(live, live.IsUp);
        }
    }

    private void Came(LivePort live)
    {
        foreach (IPortFollower follower in followers) follower.Came(live.Id, live.Device!);
    }

    private void Went(LivePort live)
    {
        foreach (IPortFollower follower in followers) follower.Went(live.Id);
    }

    private void Removed(LivePort live)
    {
        foreach (IPortFollower follower in followers) follower.Removed(live.Id);
    }

    private void Linked(LivePort live, bool isUp)
    {
        foreach (IPortFollower follower in followers) follower.Linked(live.Id, isUp);
    }

    private void Tell(ApplianceNode node)
    {
        LinkChanges++;
        node.Apply(node.Configuration, Links);
    }

    private void TakeAway(ApplianceNode node, LivePort live, bool isRemoved = false)
    {
        if (isRemoved)
        {
            Removed(live);
        }
        else
        {
            Linked(live, isUp: false);
            Went(live);
        }

        LiveDevice gone = live.Go();
        gone.Wire.Dispose();
        _leaving.Add((node.Detach(live.Id), gone));
    }

    private void TryRegain(ApplianceNode node, LivePort live, MonotonicTime now)
    {
        live.NextTry = now + RetryInterval;
        try
        {
            if (OwnerOf(live.Model) is { } owner) throw Twice(live.Model, owner);
            PortLink before = live.Link;
            live.Come(source.Open(live.Model, node.Workers.Length));
            Came(live);
            if (live.Link != before) Tell(node);
            if (!Attach(node, live)) return;
            Linked(live, live.IsUp);
            log.SayOften(live.Model.Name, $"port {live.Model.Name}: its device {live.Model.Device} is back");
        }
        catch (PortFault fault)
        {
            foreach (string line in fault.Lines) log.SayOften(live.Model.Name, line);
        }
    }
}

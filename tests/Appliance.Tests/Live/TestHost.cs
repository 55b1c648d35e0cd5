using System.Collections.Concurrent;
using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Firewall;
using Appliance.Node;
using Appliance.Ports.Linux;
using Appliance.Routing;
using Appliance.Running;

namespace Appliance.Tests.Live;

/// <summary>A host that is not there: its ends of ports are devices of the test, and it has what the test says.</summary>
internal sealed class TestHost : IHostSide
{
    private readonly ConcurrentDictionary<string, TestDevice> _ends = new(StringComparer.Ordinal);
    private volatile LearnedFacts _facts = LearnedFacts.None;
    private volatile ReservedPorts _listening = ReservedPorts.None;
    private readonly ConcurrentQueue<RouteChange> _routes = new();
    private int _events;

    public int EventDescriptor { get; } = TestSleep.NewBell();

    /// <summary>Says why no end can be made; null: each name's can, once at a time.</summary>
    public string? Refusal { get; set; }

    /// <summary>The addresses that the configuration gave to the ends, by the order of the ports.</summary>
    public ImmutableArray<string> Given { get; private set; } = [];

    public ReservedPorts Listening
    {
        set => _listening = value;
    }

    /// <summary>The end of that name, open or closed again.</summary>
    public TestDevice this[string device] => _ends[device];

    /// <summary>Whether its kernel answers no question.</summary>
    public bool IsSilent { get; set; }

    public int OpenEnds => _ends.Values.Sum(end => end.Open);

    public void Set(LearnedFacts facts)
    {
        _facts = facts;
        Interlocked.Increment(ref _events);
        TestSleep.Ring(EventDescriptor);
    }

    public bool ReadEvents()
    {
        TestSleep.Silence(EventDescriptor);
        return Interlocked.Exchange(ref _events, 0) > 0;
    }

    public HostEnd Open(PortModel port, PortLink link, int queues)
    {
        if (Refusal is { } why) throw new PortFault(isWrong: false, $"port {port.Name}: {why}");
        TestDevice device = _ends.GetOrAdd(port.HostPath!.Device, name => new TestDevice(name, link.Mac.Value));
        if (device.Open > 0) throw new PortFault(isWrong: false, $"port {port.Name}: {device.Name} is busy");
        (device.Mac, device.MtuBytes) = (link.Mac, link.MtuBytes);
        return new HostEnd(port.HostPath!, link, device.Take(new Engine.PortId((ushort)port.Index), queues), port.Index);
    }

    public bool TrySetMtu(HostEnd end, int bytes)
    {
        _ends[end.Path.Device].MtuBytes = bytes;
        return true;
    }

    /// <summary>Ends that have no link.</summary>
    public ConcurrentDictionary<string, bool> Down { get; } = new(StringComparer.Ordinal);

    public void SetCarrier(HostEnd end, bool isUp)
    {
        if (isUp) Down.TryRemove(end.Path.Device, out _);
        else Down.TryAdd(end.Path.Device, true);
    }

    public ImmutableArray<string> Furnish(RuntimeModel asked, IReadOnlyDictionary<int, HostEnd> ends)
    {
        Given = [.. ends.Keys.Order().SelectMany(port => asked.Ports[port].Addresses).Select(address => address.ToString())];
        return [];
    }

    public LearnedFacts Read(IReadOnlyDictionary<int, HostEnd> ends) => IsSilent ? throw Silence() : _facts;

    public Engine.MonotonicTime RoutesDeadline => _routes.IsEmpty ? Engine.MonotonicTime.Never : new Engine.MonotonicTime(long.MinValue);

    /// <summary>Its kernel tells of routes.</summary>
    public void Tell(params ReadOnlySpan<RouteChange> changes)
    {
        foreach (RouteChange change in changes) _routes.Enqueue(change);
        TestSleep.Ring(EventDescriptor);
    }

    public int ReadRoutes(IReadOnlyDictionary<int, HostEnd> ends, Span<RouteChange> changes, Engine.MonotonicTime now)
    {
        int count = 0;
        while (count < changes.Length && _routes.TryDequeue(out changes[count])) count++;
        return count;
    }

    public ReservedPorts ReadListening() => IsSilent ? throw Silence() : _listening;

    public ImmutableArray<string> GiveBack(HostEnd end) => [];

    private static SystemCallException Silence() => new("answer of netlink", errno: 11, "host");
}

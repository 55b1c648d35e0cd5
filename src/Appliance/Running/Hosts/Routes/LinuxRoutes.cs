using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Ports.Linux;
using Appliance.Routing;

namespace Appliance.Running;

/// <summary>
/// Keeps a book of the kernel's routes: by what it tells, and by reading all of them at the start, whenever it may have told less than it
/// did (IPv4 routes end with their device or address without a word), and now and then to be sure. A reading goes on a part at a time.
/// </summary>
internal sealed class LinuxRoutes : IDisposable
{
    /// <summary>Nanoseconds between two readings at least: what calls for one comes in groups.</summary>
    public const long Patience = 20_000_000;

    /// <summary>A reading is followed by so many times as long without one; by less where there is doubt.</summary>
    public const int RestTimes = 100, DoubtfulRestTimes = 3;

    /// <summary>Nanoseconds, likewise at least.</summary>
    public const long ShortestRest = 10_000_000_000;

    private const int PartsAtOnce = 16;                                 // some 8,000 routes
    private const int MostTargets = 32_768;                             // remembered to be given out again

    private readonly RouteReading _reading = new();
    private readonly HostRouteBook _book = new();
    private readonly Dictionary<(byte Type, byte Protocol, HostNextHop Way), RouteTarget> _single = [];
    private readonly HashSet<uint> _numbered = [];                      // next hops of the kernel's that routes name
    private Dictionary<int, int> _ports = [];                           // by device
    private bool _isReading;
    private MonotonicTime _beganAt, _readAt, _doubtAt;

    /// <summary>When <see cref="Step"/> wants to be called.</summary>
    public MonotonicTime NextDeadline
    {
        get
        {
            if (_isReading || _book.HasChanges) return new MonotonicTime(long.MinValue);
            return _book.IsUnsure && _doubtAt < _readAt ? _doubtAt : _readAt;
        }
    }

    /// <summary>Something was told that nobody heard.</summary>
    public void Doubt() => _book.Doubt();

    /// <summary>A device is another than it was, or an address of it is gone, and with it routes perhaps.</summary>
    public void OnDevice(int index)
    {
        if (_ports.ContainsKey(index)) _book.Doubt();
    }

    /// <summary>
    /// A next hop that routes name by its number is another, or is gone; of IPv4 routes that end with it the kernel says nothing, nor of
    /// groups that go on with fewer. During a reading the routes that name it may be read yet.
    /// </summary>
    public void OnNextHop(uint number, bool isGone)
    {
        if (isGone ? _numbered.Remove(number) : _numbered.Contains(number)) _book.Doubt();
        else if (_isReading) _book.Doubt();
    }

    public void OnRoute(in RouteNotice route, bool isGone)
    {
        if (!IsMatter(route)) return;
        Note(route);
        RouteTarget? target = TargetOf(route);
        if (isGone) _book.TellGone(route.Destination, route.Metric, target);
        else _book.Tell(route.Destination, route.Metric, target, route.IsAppended);
    }

    /// <summary>
    /// Goes on reading and answers how many changes there are. Throws <see cref="SystemCallException"/> when the kernel does not answer; it
    /// is asked anew after a while.
    /// </summary>
    public int Step(IReadOnlyDictionary<int, HostEnd> ends, Span<RouteChange> changes, MonotonicTime now)
    {
        Follow(ends);
        if (!_isReading && now >= (_book.IsUnsure && _doubtAt < _readAt ? _doubtAt : _readAt)) Begin(now);
        if (_isReading) GoOn(now);
        return _book.Take(changes);
    }

    public void Dispose() => _reading.Dispose();

    private void Follow(IReadOnlyDictionary<int, HostEnd> ends)
    {
        bool isSame = ends.All(end => _ports.TryGetValue(end.Value.DeviceIndex, out int port) && port == end.Key);
        if (isSame && _ports.Count == ends.Count) return;
        _ports = ends.ToDictionary(end => end.Value.DeviceIndex, end => end.Key);
        _single.Clear();
        _book.Doubt();
    }

    private void Begin(MonotonicTime now)
    {
        (_beganAt, _readAt) = (now, now + ShortestRest);
        _reading.Begin();
        _book.BeginReading();
        _isReading = true;
    }

    private void GoOn(MonotonicTime now)
    {
        try
        {
            if (!_reading.TryEnd(PartsAtOnce, Read)) return;
        }
        catch (SystemCallException)
        {
            _isReading = false;
            _book.Doubt();
            throw;
        }

        _isReading = false;
        _book.EndReading();
        long took = now - _beganAt;
        _readAt = now + Math.Max(ShortestRest, took * RestTimes);
        _doubtAt = now + Math.Max(Patience, took * DoubtfulRestTimes);
    }

    private void Read(in RouteNotice route)
    {
        if (!IsMatter(route) || TargetOf(route) is not { } target) return;
        Note(route);
        _book.Read(route.Destination, route.Metric, target);
    }

    private void Note(in RouteNotice route)
    {
        if (route.NextHopNumber == 0 || _numbered.Contains(route.NextHopNumber)) return;
        if (_numbered.Count >= MostTargets) _book.Doubt();              // who is forgotten now is missed by the next reading
        if (_numbered.Count >= MostTargets) _numbered.Clear();
        _numbered.Add(route.NextHopNumber);
    }

    /// <summary>The main table's, as daemons and operators set them: for every service.</summary>
    private static bool IsMatter(in RouteNotice route) =>
        route is { Table: HostRoute.MainTable, Service: 0, IsCached: false }
        && route.Protocol is not (HostRoute.ByKernel or HostFurniture.Protocol);

    /// <summary>Null: it goes by another device of the host's, too, or is of a kind that means something to the host alone.</summary>
    private RouteTarget? TargetOf(in RouteNotice route)
    {
        if (route.Type is HostRoute.Blackhole or HostRoute.Unreachable or HostRoute.Prohibit) return EndOf(route.Type, route.Protocol);
        if (route.Type != HostRoute.Unicast) return null;
        if (!route.TryGetOnly(out HostNextHop way)) return TargetOf(route.ReadWays(), route.Protocol);
        if (_single.TryGetValue((route.Type, route.Protocol, way), out RouteTarget? known)) return known;
        return TargetOf([way], route.Protocol) is { } target ? Remember((route.Type, route.Protocol, way), target) : null;
    }

    private RouteTarget? TargetOf(ImmutableArray<HostNextHop> ways, byte protocol)
    {
        if (ways.IsEmpty || !ways.All(way => _ports.ContainsKey(way.DeviceIndex))) return null;
        return new RouteTarget(
            RouteProtocol.NameOf(protocol), TargetKind.Unicast,
            [.. ways.Select(way => new NextHop(_ports[way.DeviceIndex], way.Gateway, way.Weight))]);
    }

    private RouteTarget EndOf(byte type, byte protocol)
    {
        (byte, byte, HostNextHop) key = (type, protocol, default);
        if (_single.TryGetValue(key, out RouteTarget? known)) return known;
        TargetKind kind = type switch
        {
            HostRoute.Blackhole => TargetKind.Blackhole,
            HostRoute.Unreachable => TargetKind.Unreachable,
            _ => TargetKind.Prohibit,
        };
        return Remember(key, new RouteTarget(RouteProtocol.NameOf(protocol), kind, []));
    }

    private RouteTarget Remember((byte Type, byte Protocol, HostNextHop Way) key, RouteTarget target)
    {
        if (_single.Count >= MostTargets) _single.Clear();
        _single.Add(key, target);
        return target;
    }
}

using Appliance.Engine;
using Appliance.Node;
using Appliance.Routing;
using Appliance.Wire.Ip;

namespace Appliance.Running;

/// <summary>
/// Carries changes of the host's routes to the node, many at a time and not too often: flows look for their way anew behind each. What the
/// table has no room for is told, and tried again when there is. The control thread's.
/// </summary>
internal sealed class LearnedRoutes(IHostSide side, OperatorLog log)
{
    /// <summary>Routes that change in one turn.</summary>
    public const int MostAtOnce = 8192;

    /// <summary>Nanoseconds between two turns.</summary>
    public const long Interval = 5_000_000;

    /// <summary>Routes without room that are remembered; more than these come back only when the host tells of them again.</summary>
    public const int MostRefused = 65_536;

    private static readonly string Room =
        $"there is room for {ForwardingTable.MaximumIpv4} of IPv4, {ForwardingTable.MaximumIpv6} of IPv6, "
        + $"and {ForwardingTable.MaximumTargets} different ways";

    private readonly RouteChange[] _changes = new RouteChange[MostAtOnce];
    private readonly Dictionary<IpPrefix, RouteTarget> _refused = [];
    private readonly List<RouteChange> _refusedNow = [];
    private ForwardingTable? _table;                                    // the last one seen
    private MonotonicTime _nextAt;
    private int _learned, _fullAt;

    public MonotonicTime NextDeadline => MayTryAgain || side.RoutesDeadline < _nextAt ? _nextAt : side.RoutesDeadline;

    private bool MayTryAgain => _refused.Count > 0 && _learned < _fullAt;

    /// <summary>Nothing is known of routes where the host does not answer, which is told.</summary>
    public void Step(ApplianceNode node, IReadOnlyDictionary<int, HostEnd> ends, MonotonicTime now)
    {
        if (now < _nextAt || !node.IsReadyToLearn) return;
        Follow(node.Models.Routing.Table);
        try
        {
            int count = side.ReadRoutes(ends, _changes, now);
            foreach (RouteChange change in _refused.Count > 0 ? _changes.AsSpan(0, count) : []) _refused.Remove(change.To);
            if (count == 0 && MayTryAgain) count = TakeRefused();
            if (count == 0) return;
            _nextAt = now + Interval;
            Learn(node, _changes.AsSpan(0, count));
        }
        catch (IOException failure)
        {
            _nextAt = now + HostPaths.RetryInterval;
            log.SayOften("hosts", $"what routes the host has cannot be read: {failure.Message}");
        }
    }

    /// <summary>Another configuration has another table, which may have no room for all of it, or for what was learned before.</summary>
    private void Follow(ForwardingTable table)
    {
        if (ReferenceEquals(table, _table)) return;
        _table = table;
        _learned = table.LearnedCount;
        Refuse(table.Refused.Where(route => !IsConfigured(route)).Select(route => new RouteChange(route.To, route.Target)));
        int configured = table.Refused.Count(IsConfigured);
        if (configured > 0) log.Say($"warning: {configured} routes of the configuration do not count: {Room}");
    }

    private static bool IsConfigured(Route route) => route.Target.Origin is RouteTarget.Connected or RouteTarget.Configured;

    private int TakeRefused()
    {
        int count = 0;
        foreach ((IpPrefix to, RouteTarget target) in _refused.Take(_changes.Length)) _changes[count++] = new RouteChange(to, target);
        foreach (RouteChange change in _changes.AsSpan(0, count)) _refused.Remove(change.To);
        return count;
    }

    private void Learn(ApplianceNode node, ReadOnlySpan<RouteChange> changes)
    {
        _refusedNow.Clear();
        node.Learn(changes, _refusedNow);
        _learned = node.Models.Routing.Table.LearnedCount;
        Refuse(_refusedNow);
    }

    private void Refuse(IEnumerable<RouteChange> changes)
    {
        int count = 0;
        foreach (RouteChange change in changes)
        {
            count++;
            if (_refused.Count < MostRefused) _refused[change.To] = change.Target!;
        }

        if (count == 0) return;
        _fullAt = _learned;
        log.SayOften("routes", $"{count} routes of the host do not count: {Room}; {_learned} are learned");
    }
}

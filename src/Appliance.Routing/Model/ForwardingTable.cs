using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Routing.Fib;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// The longest match for an address, of two kinds of routes in one table: those of a configuration, which stay as long as the table does,
/// and behind them (where both have one for a prefix) those that are learned, which change in place while frames flow.
/// <code>
///   prefix ──► number ──► target (ways, or what else becomes of a datagram)
/// </code>
/// One thread writes, the one that disposes it; any number look up. A change alters the answer for any one address by one store, so each
/// lookup sees the table before or after it. Models that route alike share a table (<see cref="Share"/>).
/// </summary>
public sealed class ForwardingTable : IDisposable
{
    /// <summary>What a lookup answers where no route leads.</summary>
    public const int NoRoute = -1;

    /// <summary>Routes that it holds, of the configuration and learned.</summary>
    public const int MaximumIpv4 = 1 << 20, MaximumIpv6 = 1 << 18;

    /// <summary>Different targets that it holds.</summary>
    public const int MaximumTargets = RouteTargets.Maximum;

    private readonly Dictionary<IpPrefix, RouteTarget?> _configured = [];       // with what is learned for the same prefix
    private readonly RouteTargets _targets;
    private readonly NeighbourTable _neighbours;
    private readonly ITableMemory? _memory;
    private readonly ImmutableArray<Route> _asked;
    private readonly List<Route> _refused = [];
    private int _hidden;
    private int _holders = 1;
    private uint _changes;

    /// <param name="routes">Of two for one prefix the first counts. Those without room are <see cref="Refused"/>.</param>
    /// <param name="neighbours">Who is known beforehand.</param>
    /// <param name="memory">Where the prefix tables lie; null for <see cref="ProcessMemory"/>.</param>
    public ForwardingTable(ImmutableArray<Route> routes, NeighbourTable neighbours, ITableMemory? memory = null)
    {
        V4 = new Ipv4PrefixTable(MaximumIpv4, memory: memory);
        V6 = new Ipv6PrefixTable(MaximumIpv6, memory: memory);
        (_neighbours, _memory) = (neighbours, memory);
        _targets = new RouteTargets(neighbours);
        _asked = routes;
        ImmutableArray<Route>.Builder configured = ImmutableArray.CreateBuilder<Route>();
        foreach (Route route in routes.DistinctBy(route => route.To))
        {
            if (!TrySet(route.To, route.Target))
            {
                _refused.Add(route);
                continue;
            }

            _configured.Add(route.To, null);
            configured.Add(route);
        }

        Configured = configured.DrainToImmutable();
    }

    public Ipv4PrefixTable V4 { get; }

    public Ipv6PrefixTable V6 { get; }

    /// <summary>The routes of the configuration, its connected networks first.</summary>
    public ImmutableArray<Route> Configured { get; }

    /// <summary>What it had no room for when it was made: routes of the configuration, and learned ones of the table before it.</summary>
    public IReadOnlyList<Route> Refused => _refused;

    /// <summary>Routes in the table that were learned, and those that a route of the configuration hides.</summary>
    public int LearnedCount => V4.Count + V6.Count - Configured.Length + _hidden;

    /// <summary>The number of the target of the longest match, or <see cref="NoRoute"/>.</summary>
    public int Find(IpAddress address) => address.IsV6 ? V6.Lookup(address.V6) : V4.Lookup(address.V4);

    public RouteTarget TargetOf(int number) => _targets[number];

    /// <summary>The ways of a target, resolved as far as they can be before a frame comes.</summary>
    public ref readonly RouteWays WaysOf(int number) => ref _targets.WaysOf(number);

    /// <summary>
    /// For texts: the prefix by which an address is found, as it was a moment ago if the table is changing. Null: there is none.
    /// </summary>
    public IpPrefix? MatchOf(IpAddress address)
    {
        int length = address.IsV6 ? V6.LengthOf(address.V6) : V4.LengthOf(address.V4);
        return length < 0 ? null : new IpPrefix(address, length).Canonical;
    }

    /// <summary>
    /// The writer's: a learned route is new, another or gone. False: the table has no room for it; what was there for the prefix is gone.
    /// </summary>
    public bool Learn(in RouteChange change)
    {
        if (_configured.TryGetValue(change.To, out RouteTarget? hidden))
        {
            _hidden += (change.Target is null ? 0 : 1) - (hidden is null ? 0 : 1);
            _configured[change.To] = change.Target;
            return true;
        }

        if (change.Target is null)
        {
            Remove(change.To);
            return true;
        }

        if (TrySet(change.To, change.Target)) return true;
        Remove(change.To);
        return false;
    }

    /// <summary>The writer's: ends a change of several routes. Answers its number, for <see cref="Settle"/>.</summary>
    public uint EndChange() => _changes++;

    /// <summary>The writer's: every worker has ended a batch since that change.</summary>
    public void Settle(uint change) => _targets.Settle(change);

    /// <summary>One more model works by this table.</summary>
    public ForwardingTable Share()
    {
        _holders++;
        return this;
    }

    /// <summary>The writer's: other routes of a configuration, and the same learned ones.</summary>
    /// <param name="routes">Those of the configuration.</param>
    /// <param name="neighbours">Likewise.</param>
    /// <param name="isPort">Whether there is such a port: learned ways by others are left out.</param>
    public ForwardingTable With(ImmutableArray<Route> routes, NeighbourTable neighbours, Func<int, bool> isPort)
    {
        var next = new ForwardingTable(routes, neighbours, _memory);
        foreach (Route learned in ReadLearned().Where(route => route.Target.Ways.All(way => isPort(way.Port))))
        {
            if (!next.Learn(new RouteChange(learned.To, learned.Target))) next._refused.Add(learned);
        }

        return next;
    }

    /// <summary>Whether a table of these would hold the same routes of a configuration, to the same neighbours.</summary>
    public bool Is(ImmutableArray<Route> routes, NeighbourTable neighbours) =>
        _asked.AsSpan().SequenceEqual(routes.AsSpan()) && _neighbours.IsSame(neighbours);

    /// <summary>The writer's: what is learned, in no order, also where a route of the configuration hides it.</summary>
    public IEnumerable<Route> ReadLearned()
    {
        foreach ((IpPrefix to, RouteTarget? hidden) in _configured)
        {
            if (hidden is not null) yield return new Route(to, hidden);
        }

        foreach ((IpPrefix to, int number) in V4.ReadRoutes().Concat(V6.ReadRoutes()))
        {
            if (!_configured.ContainsKey(to)) yield return new Route(to, _targets[number]);
        }
    }

    /// <summary>The tables are freed with the last model that works by them.</summary>
    public void Dispose()
    {
        if (--_holders > 0) return;
        V4.Dispose();
        V6.Dispose();
    }

    private bool TrySet(IpPrefix to, RouteTarget target)
    {
        if (!_targets.TryTake(target, out int number)) return false;
        bool isNew = !TryGet(to, out int before);
        bool fits = to.Address.IsV6 ? V6.Set(to.Address.V6, to.Length, number) : V4.Set(to.Address.V4, to.Length, number);
        if (!fits) _targets.GiveBack(number, _changes);
        else if (!isNew) _targets.GiveBack(before, _changes);
        return fits;
    }

    private void Remove(IpPrefix to)
    {
        if (!TryGet(to, out int before)) return;
        if (to.Address.IsV6) V6.Remove(to.Address.V6, to.Length);
        else V4.Remove(to.Address.V4, to.Length);
        _targets.GiveBack(before, _changes);
    }

    private bool TryGet(IpPrefix to, out int number) =>
        to.Address.IsV6 ? V6.TryGet(to.Address.V6, to.Length, out number) : V4.TryGet(to.Address.V4, to.Length, out number);
}

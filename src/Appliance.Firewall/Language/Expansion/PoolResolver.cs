namespace Appliance.Firewall.Language;

/// <summary>
/// Makes pools of what was written, for one rule: addresses of its family alone, round-robin where there are several and nothing else is
/// said, ports with their defaults. An error in a statement's pools is told once.
/// </summary>
internal sealed class PoolResolver(ErrorLog errors)
{
    private bool _hasFailed;

    /// <summary>The rule with its route and translation; null when one of them cannot be.</summary>
    public PfRule? Resolve(RuleStatement statement, PfRule rule)
    {
        bool isFilter = rule.IsFilter;
        if (rule.Family == AddressFamily.Unspecified && rule.Translation is not { NewFamily: not AddressFamily.Unspecified })
            rule = rule with { Family = CommonFamily(statement) };
        AddressFamily newFamily = rule.Translation?.NewFamily ?? AddressFamily.Unspecified;
        bool isAfTo = newFamily != AddressFamily.Unspecified;
        if (isAfTo && rule.Family == AddressFamily.Unspecified)
            rule = rule with { Family = newFamily == AddressFamily.Inet ? AddressFamily.Inet6 : AddressFamily.Inet };
        if (isAfTo && rule.Family == newFamily) return Fail(rule.Position, "incorrect address family translation");
        AddressFamily poolFamily = isAfTo ? newFamily : rule.Family;
        Translation translation = (rule.Translation ?? new Translation()) with { IsBinatTo = statement.IsBinatTo };
        if (statement.SourcePool is { } source)
        {
            if (SourcePool(source, rule, poolFamily, statement.IsBinatTo) is not { } pool) return null;
            translation = translation with { Source = pool };
        }

        if (statement.DestinationPool is { } destination)
        {
            if (DestinationPool(destination, rule, poolFamily) is not { } pool) return null;
            translation = translation with { Destination = pool };
        }

        if (statement.Route is { } route)
        {
            AddressFamily routeFamily = isAfTo && route.Kind == RouteKind.RouteTo ? newFamily : rule.Family;
            if (Route(route, routeFamily) is not { } pool) return null;
            rule = rule with { Route = new PfRoute(route.Kind, pool) };
            if (rule.Family == AddressFamily.Unspecified) rule = rule with { Family = FamilyOf(pool) };
        }

        bool translates = translation.Source is not null || translation.Destination is not null || !isFilter;
        return rule with { Translation = translates ? translation : null };
    }

    /// <summary>A rule that leaves its family open has that of what it translates to.</summary>
    private static AddressFamily CommonFamily(RuleStatement statement)
    {
        IEnumerable<AddressFamily> families = (statement.SourcePool?.Addresses ?? [])
            .Concat(statement.DestinationPool?.Addresses ?? [])
            .Select(address => address.Host.Family)
            .Where(family => family != AddressFamily.Unspecified)
            .Distinct();
        return families.ToArray() is [var single] ? single : AddressFamily.Unspecified;
    }

    private PfPool? SourcePool(PoolSyntax syntax, PfRule rule, AddressFamily family, bool isBinatTo)
    {
        if (rule.Action == PfAction.Binat) return Pool(syntax, family, default, isRoute: false);
        bool hasPorts = syntax.FirstPort != 0 || syntax.LastPort != 0;
        PoolPorts ports = !hasPorts ? PoolPorts.Proxy
            : new PoolPorts(syntax.FirstPort, syntax.LastPort == 0 ? syntax.FirstPort : syntax.LastPort);
        if (syntax.StaticPort && hasPorts)
            return NoPool(syntax, "the 'static-port' option can't be used when specifying a port range");
        if (syntax.MapE is not null && syntax.StaticPort) return NoPool(syntax, "the 'map-e-portset' option can't be used 'static-port'");
        if (syntax.MapE is not null && hasPorts)
            return NoPool(syntax, "the 'map-e-portset' option can't be used when specifying a port range");
        return Pool(syntax, family, syntax.StaticPort || isBinatTo ? default : ports, isRoute: false);
    }

    private PfPool? DestinationPool(PoolSyntax syntax, PfRule rule, AddressFamily family)
    {
        if (syntax.StaticPort) return NoPool(syntax, "the 'static-port' option is only valid with nat rules");
        if (syntax.MapE is not null) return NoPool(syntax, "the 'map-e-portset' option is only valid with nat rules");
        if (syntax.EndpointIndependent) return NoPool(syntax, "the 'endpoint-independent' option is only valid with nat rules");
        int last = syntax.LastPort;
        PortMatch wanted = rule.Destination.Port;
        if (syntax.IsOpenEnded && wanted.Operator == MatchOperator.Range) last = syntax.FirstPort + wanted.Second - wanted.First;
        return last > ushort.MaxValue
            ? NoPool(syntax, $"the ports end at {last}: expected at most {ushort.MaxValue}")
            : Pool(syntax, family, new PoolPorts(syntax.FirstPort, (ushort)last), isRoute: false);
    }

    private PfPool? Route(RouteSyntax route, AddressFamily family)
    {
        if (route.Pool.StaticPort) return NoPool(route.Pool, "the 'static-port' option is only valid with nat rules");
        return Pool(route.Pool, family, default, isRoute: true);
    }

    private PfPool? Pool(PoolSyntax syntax, AddressFamily family, PoolPorts ports, bool isRoute)
    {
        PoolAddress[] addresses = [.. syntax.Addresses.Where(address => Fits(address.Host, family, syntax.PreferIpv6NextHop))];
        if (addresses.Length == 0)
        {
            return NoPool(syntax, isRoute
                ? "no routing address with matching address family found."
                : "no translation address with matching address family found.");
        }

        bool mixes = family == AddressFamily.Unspecified
            && addresses.Select(address => address.Host.Family).Where(one => one != AddressFamily.Unspecified).Distinct().Count() > 1;
        if (mixes)
        {
            return NoPool(syntax, isRoute
                ? "all pool addresses must be in the same address family"
                : "address family not given and translation address expands to multiple address families");
        }

        bool isMany = addresses.Length > 1 || addresses[0].Host.Kind == HostKind.Table || addresses[0].Host.IsManyAddresses;
        PoolKind kind = syntax.Kind ?? (isMany ? PoolKind.RoundRobin : PoolKind.First);
        if (KindProblem(kind, addresses) is { } problem) return NoPool(syntax, problem);
        return new PfPool
        {
            Addresses = [.. addresses],
            Kind = kind,
            HashKey = syntax.HashKey,
            StickyAddress = syntax.StickyAddress,
            EndpointIndependent = syntax.EndpointIndependent,
            MapE = syntax.MapE,
            Ports = ports,
            PreferIpv6NextHop = syntax.PreferIpv6NextHop,
            Position = syntax.Position,
        };
    }

    private static string? KindProblem(PoolKind kind, PoolAddress[] addresses)
    {
        bool takesMany = kind is PoolKind.RoundRobin or PoolKind.Random or PoolKind.SourceHash;
        if (!takesMany && addresses.Any(address => address.Host.Kind == HostKind.Table)) return "tables are not supported by pool type";
        PfHost? dynamic = addresses.Select(address => address.Host).FirstOrDefault(host => host.IsManyAddresses);
        if (!takesMany && dynamic is not null) return $"interface ({dynamic.Name}) is not supported by pool type";
        return addresses.Length > 1 && kind != PoolKind.RoundRobin
            ? "only round-robin valid for multiple redirection addresses"
            : null;
    }

    private static bool Fits(PfHost host, AddressFamily family, bool preferIpv6NextHop) =>
        family == AddressFamily.Unspecified || host.Family == AddressFamily.Unspecified || host.Family == family
        || (preferIpv6NextHop && host.Family == AddressFamily.Inet6);

    private static AddressFamily FamilyOf(PfPool pool) =>
        pool.PreferIpv6NextHop ? AddressFamily.Unspecified : pool.Addresses[0].Host.Family;

    private PfPool? NoPool(PoolSyntax syntax, string message)
    {
        Fail(syntax.Position, message);
        return null;
    }

    private PfRule? Fail(SourcePosition position, string message)
    {
        if (!_hasFailed) errors.Add(position, message);
        _hasFailed = true;
        return null;
    }
}

using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>
/// Makes a rule of each combination of a statement's lists, in pfctl's order: interfaces vary slowest, then protocols, ICMP types, sources,
/// destinations, source ports, operating systems, destination ports, users, groups. Combinations of two families fall away.
/// </summary>
internal sealed class RuleExpander(ErrorLog errors, RuleStatement statement)
{
    private readonly PoolResolver _pools = new(errors);

    public IEnumerable<PfRule> Expand()
    {
        PfRule template = statement.Template;
        if (template.IsFilter) template = template with { Family = DecideFamily(template.Family) };
        if (!RouteChecks.AreMet(errors, statement)) yield break;
        foreach (PfRule rule in Combine(template))
        {
            if (errors.IsFull) yield break;
            if (Finish(rule) is not { } whole) continue;
            if (statement.IsBinatTo) whole = whole with { Direction = RuleDirection.Out };
            yield return whole;
            if (statement.IsBinatTo && whole is { Translation.Source: { } pool }) yield return BinatToPartner(whole, pool);
        }
    }

    /// <summary>The one family of all sources, else that of all destinations; open when they differ.</summary>
    private AddressFamily DecideFamily(AddressFamily family)
    {
        if (family == AddressFamily.Unspecified) family = CommonFamily(statement.Lists.SourceHosts);
        return family == AddressFamily.Unspecified ? CommonFamily(statement.Lists.DestinationHosts) : family;
    }

    private static AddressFamily CommonFamily(ImmutableArray<PfHost> hosts) =>
        hosts is [var first, ..] && hosts.All(host => host.Family == first.Family) ? first.Family : AddressFamily.Unspecified;

    private IEnumerable<PfRule> Combine(PfRule template)
    {
        RuleLists lists = statement.Lists;
        foreach (PfInterface? on in OrNone(lists.Interfaces))
        foreach (IpProtocol? protocol in OrNull(lists.Protocols))
        foreach (IcmpTypeOption? icmp in OrNone(lists.IcmpTypes))
        foreach (PfHost source in OrOne(lists.SourceHosts, PfHost.Any))
        foreach (PfHost destination in OrOne(lists.DestinationHosts, PfHost.Any))
        {
            if (!TryMatch(template.Family, source, destination, on, out AddressFamily family, out PfInterface? interfaceOfRule)) continue;
            PfRule rule = template with
            {
                Family = family,
                Interface = interfaceOfRule,
                Protocol = protocol,
                Icmp = icmp,
            };
            foreach (PortMatch sourcePort in OrOne(lists.SourcePorts, default))
            foreach (string system in OrOne(lists.OperatingSystems, ""))
            foreach (PortMatch destinationPort in OrOne(lists.DestinationPorts, default))
            foreach (IdMatch user in OrOne(lists.Users, default))
            foreach (IdMatch group in OrOne(lists.Groups, default))
            {
                yield return rule with
                {
                    Source = new PfEndpoint(source, sourcePort),
                    OperatingSystem = system,
                    Destination = new PfEndpoint(destination, destinationPort),
                    User = user,
                    Group = group,
                };
            }
        }
    }

    /// <summary>Whether two addresses can be in one packet, by family and by the link that a link-local address belongs to.</summary>
    private static bool TryMatch(
        AddressFamily wanted, PfHost source, PfHost destination, PfInterface? on,
        out AddressFamily family, out PfInterface? interfaceOfRule)
    {
        family = wanted != AddressFamily.Unspecified ? wanted
            : source.Family != AddressFamily.Unspecified ? source.Family
            : destination.Family;
        string zone = source.Zone.Length > 0 ? source.Zone : destination.Zone;
        interfaceOfRule = on ?? (zone.Length > 0 ? new PfInterface(zone, false, source.Position) : null);
        if (source.Family != AddressFamily.Unspecified && source.Family != family) return false;
        if (destination.Family != AddressFamily.Unspecified && destination.Family != family) return false;
        bool zonesDiffer = source.Zone.Length > 0 && destination.Zone.Length > 0 && source.Zone != destination.Zone;
        return !zonesDiffer && (on is null || zone.Length == 0 || on.Name == zone);
    }

    /// <summary>What depends on the protocol and on the pools; null when the rule cannot be, and then there is an error.</summary>
    private PfRule? Finish(PfRule rule)
    {
        bool isOtherThanTcp = rule.Protocol is { } protocol && protocol != IpProtocol.Tcp;
        if (isOtherThanTcp)
        {
            StateKind state = rule.State is StateKind.Modulate or StateKind.Synproxy ? StateKind.Keep : rule.State;
            rule = rule with { Flags = default, State = state };
        }

        if (_pools.Resolve(statement, rule) is not { } resolved) return null;
        int problems = errors.Count;
        ConditionChecks.Check(errors, resolved);
        return errors.Count == problems ? resolved : null;
    }

    /// <summary>The way back of <c>binat-to</c>: what comes to the outer address goes to the inner one.</summary>
    private static PfRule BinatToPartner(PfRule rule, PfPool outer) => rule with
    {
        Direction = RuleDirection.In,
        Source = new PfEndpoint(rule.Destination.Host, rule.Destination.Port),
        Destination = new PfEndpoint(outer.Addresses[0].Host, rule.Source.Port),
        Translation = new Translation
        {
            Destination = new PfPool { Addresses = [new PoolAddress(rule.Source.Host)], Position = outer.Position },
            IsBinatTo = true,
        },
    };

    private static ImmutableArray<T?> OrNone<T>(ImmutableArray<T> items)
        where T : class => items.IsEmpty ? [default(T)] : items.CastArray<T?>();

    private static IEnumerable<T?> OrNull<T>(ImmutableArray<T> items)
        where T : struct => items.IsEmpty ? [null] : items.Select(item => (T?)item);

    private static ImmutableArray<T> OrOne<T>(ImmutableArray<T> items, T none) => items.IsEmpty ? [none] : items;
}

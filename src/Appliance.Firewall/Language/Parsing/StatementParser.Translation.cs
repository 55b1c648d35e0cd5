using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <content>The old translation rules: nat, rdr, binat.</content>
internal sealed partial class StatementParser
{
    private void TranslationStatement()
    {
        SourcePosition position = _tokens.Position;
        bool no = _tokens.TryTake("no");
        bool isNat = _tokens.Take().Text == "nat";
        PfAction action = (isNat, no) switch
        {
            (true, false) => PfAction.Nat,
            (true, true) => PfAction.NoNat,
            (false, false) => PfAction.Rdr,
            _ => PfAction.NoRdr,
        };
        (bool pass, PfRule rule) = PassAndLog(new PfRule { Position = position, Action = action }, no);
        var lists = new RuleLists { Interfaces = Interfaces() };
        AddressFamily family = Family();
        lists = FromTo(lists with { Protocols = Protocols() });
        if (family == AddressFamily.Unspecified) family = FamilyOf(lists.SourceHosts);
        if (family == AddressFamily.Unspecified) family = FamilyOf(lists.DestinationHosts);
        rule = Marks(rule);
        PoolSyntax? pool = TryTakeArrow(no, "translation rule", "translation rule with 'no'") ? PoolWithOptions() : null;
        if (family == AddressFamily.Unspecified && pool is { Addresses: [var first, ..] } && first.Host.Zone.Length == 0)
            family = first.Host.Family;
        Order(StatementOrder.Translation, position);
        if (!CanEnd()) return;
        _builder.Add(new RuleStatement(rule with { Family = family, Translation = new Translation { Pass = pass } }, lists)
        {
            SourcePool = isNat ? pool : null,
            DestinationPool = isNat ? null : pool,
        });
    }

    private (bool Pass, PfRule Rule) PassAndLog(PfRule rule, bool no)
    {
        SourcePosition position = _tokens.Position;
        bool pass = _tokens.TryTake("pass");
        if (pass && no) _tokens.Fail(position, "\"pass\" not valid with \"no\"");
        return (pass, Log(rule));
    }

    /// <summary>tag, tagged and rtable, in this order.</summary>
    private PfRule Marks(PfRule rule)
    {
        if (_tokens.TryTake("tag")) rule = rule with { Tag = _tokens.TakeString("a tag").Text };
        bool negated = _tokens.Current.Is('!') && _tokens.Following.Is("tagged") && _tokens.TryTake('!');
        if (_tokens.TryTake("tagged")) rule = rule with { Tagged = new TagMatch(Tag(), negated) };
        if (_tokens.TryTake("rtable")) rule = rule with { RoutingTable = RoutingTable() };
        return rule;
    }

    /// <summary>Takes the arrow in front of a pool; false where there is none, which only a rule with <c>no</c> may have.</summary>
    private bool TryTakeArrow(bool no, string rule, string ruleWithNo)
    {
        Token arrow = _tokens.Current;
        bool isThere = _tokens.TryTake("->");
        if (isThere && no) _tokens.Fail(arrow.Position, $"{ruleWithNo} does not need '->'");
        else if (!isThere && !no) _tokens.Fail(arrow.Position, $"{rule} requires '-> address', found {arrow.Shown}");
        return isThere;
    }

    private static AddressFamily FamilyOf(ImmutableArray<PfHost> hosts) =>
        hosts is [var first, ..] && first.Zone.Length == 0 ? first.Family : AddressFamily.Unspecified;

    private void BinatStatement()
    {
        SourcePosition position = _tokens.Position;
        bool no = _tokens.TryTake("no");
        _tokens.Take();
        PfAction action = no ? PfAction.NoBinat : PfAction.Binat;
        (bool pass, PfRule rule) = PassAndLog(new PfRule { Position = position, Action = action }, no);
        ImmutableArray<PfInterface> interfaces = Interfaces();
        AddressFamily family = Family();
        ImmutableArray<IpProtocol> protocols = Protocols();
        bool isAll = _tokens.TryTake("all");                            // pfctl does not read it, but prints it of 'from any'
        if (!isAll) _tokens.Expect("from", "and the inner address");
        ImmutableArray<PfHost> sources = isAll ? [] : Hosts();
        ImmutableArray<PfHost> destinations = !isAll && _tokens.TryTake("to") ? Hosts() : [];
        rule = Marks(rule);
        PoolSyntax? pool = TryTakeArrow(no, "'binat' rule", "'no binat' rule") ? Pool() : null;
        if (family == AddressFamily.Unspecified) family = FamilyOf(sources);
        if (family == AddressFamily.Unspecified) family = FamilyOf(destinations);
        if (family == AddressFamily.Unspecified && pool is { Addresses: [var first, ..] }) family = first.Host.Family;
        if (family == AddressFamily.Unspecified) _tokens.Fail(position, "address family (inet/inet6) undefined");
        CheckBinat(sources, destinations, pool, family, position);
        Order(StatementOrder.Translation, position);
        if (!CanEnd()) return;
        _builder.Add(new RuleStatement(
            rule with { Family = family, Translation = new Translation { Pass = pass } },
            new RuleLists
            {
                Interfaces = [.. interfaces.Take(1)],
                Protocols = [.. protocols.Take(1)],
                SourceHosts = sources,
                DestinationHosts = destinations,
            })
        {
            SourcePool = pool,
        });
    }

    private void CheckBinat(
        ImmutableArray<PfHost> sources, ImmutableArray<PfHost> destinations, PoolSyntax? pool, AddressFamily family,
        SourcePosition position)
    {
        if (sources.Length > 1 || destinations.Length > 1) _tokens.Fail(position, "multiple binat ip addresses");
        PfHost? source = sources.FirstOrDefault();
        if (source is { Kind: HostKind.Table })
            _tokens.Fail(source.Position, $"invalid use of table <{source.Name}> as the source address of a binat rule");
        if (source is { IsManyAddresses: true })
            _tokens.Fail(source.Position, $"invalid use of interface ({source.Name}) as the source address of a binat rule");
        bool mixed = sources.Concat(destinations).Any(host => host.Family != AddressFamily.Unspecified && host.Family != family);
        if (mixed) _tokens.Fail(position, "binat ip versions must match");
        if (pool is null) return;
        PfHost[] targets = [.. pool.Addresses.Select(address => address.Host)
            .Where(host => host.Family == AddressFamily.Unspecified || host.Family == family)];
        if (targets.Length != 1)
        {
            _tokens.Fail(pool.Position, targets.Length == 0
                ? "no translation address with matching address family found."
                : "binat rule must redirect to a single address");
            return;
        }

        if (targets[0].Kind == HostKind.Table)
            _tokens.Fail(pool.Position, $"invalid use of table <{targets[0].Name}> as the redirect address of a binat rule");
        if (targets[0].IsManyAddresses)
            _tokens.Fail(pool.Position, $"invalid use of interface ({targets[0].Name}) as the redirect address of a binat rule");
        bool bothAreNetworks = source is { Kind: HostKind.Prefix } && targets[0].Kind == HostKind.Prefix;
        if (bothAreNetworks && source!.PrefixLength != 0 && source.PrefixLength != targets[0].PrefixLength)
            _tokens.Fail(pool.Position, "'binat' source mask and redirect mask must be the same");
    }
}

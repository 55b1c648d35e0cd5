using System.Collections.Immutable;
using System.Globalization;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>
/// Rules as they were expanded → rules as they are evaluated, those of anchors' bodies with them. Ids, tags, translations and
/// routes are numbered over all lists of a ruleset.
/// </summary>
internal sealed class RuleResolver(
    InterfaceResolver interfaces, AddressResolver addresses, TableResolver tables, TranslationResolver translations,
    RouteResolver routes, ResolutionErrors errors)
{
    private const byte EcnBits = 3;                                   // RFC 3168 §5

    private readonly Dictionary<string, SourcePosition> _positions = new(StringComparer.Ordinal);
    private readonly RuleIds _ids = new();
    private readonly TagNumbers _tags = new(errors);

    public ImmutableArray<string> Tags => _tags.Names;

    /// <summary>Of a rule by its id; for what is about all of them, of none.</summary>
    public SourcePosition PositionOf(string ruleId) => _positions.GetValueOrDefault(ruleId);

    /// <summary>Filter rules. <paramref name="origins"/> gets where each comes from, in the flat order of <see cref="RuleList"/>.</summary>
    public ImmutableArray<Rule> ResolveFilter(ImmutableArray<PfRule> rules, ImmutableArray<PfRule>.Builder origins) =>
    [
        .. rules.Select((rule, place) =>
        {
            origins.Add(rule);
            Rule resolved = Resolve(rule) with
            {
                Number = place, Translation = translations.Resolve(rule), Route = routes.Resolve(rule),
            };
            return rule.Anchor?.Body is { } body ? resolved with { Body = ResolveFilter(body.Filter, origins) } : resolved;
        }),
    ];

    /// <summary>nat or rdr rules.</summary>
    public ImmutableArray<Rule> ResolveTranslating(ImmutableArray<PfRule> rules) =>
        [.. rules.Select(rule => Resolve(rule) with { Translation = translations.Resolve(rule) })];

    /// <summary>
    /// binat rules, each for both ways: on the way in the destination of the rule is the packet's source, and where the rule leads is the
    /// packet's destination. <c>no binat</c> is not turned, as in pf.
    /// </summary>
    public (ImmutableArray<Rule> Out, ImmutableArray<Rule> In) ResolveBinat(ImmutableArray<PfRule> rules)
    {
        ImmutableArray<Rule>.Builder outbound = ImmutableArray.CreateBuilder<Rule>(), inbound = ImmutableArray.CreateBuilder<Rule>();
        foreach (PfRule rule in rules)
        {
            Rule resolved = Resolve(rule) with { Translation = translations.ResolveBinatOut(rule) };
            outbound.Add(resolved);
            inbound.Add(rule.Translation?.Source is not { } outer ? resolved : resolved with
            {
                Source = resolved.Destination,
                SourcePort = resolved.DestinationPort,
                Destination = addresses.Resolve(outer.Addresses[0].Host),
                DestinationPort = default,
                Translation = translations.ResolveBinatIn(rule),
            });
        }

        return (outbound.ToImmutable(), inbound.ToImmutable());
    }

    private Rule Resolve(PfRule rule) => new()
    {
        Number = rule.Number,
        Id = Identify(rule),
        Action = ActionOf(rule.Action),
        Quick = rule.Quick,
        Direction = rule.Direction,
        Interfaces = interfaces.Resolve(rule.Interface),
        Family = (byte)rule.Family,
        Protocol = rule.Protocol,
        Source = addresses.Resolve(rule.Source.Host),
        SourcePort = rule.Source.Port,
        Destination = addresses.Resolve(rule.Destination.Host),
        DestinationPort = rule.Destination.Port,
        Flags = rule.Flags,
        Icmp = rule.Icmp is { } icmp ? new IcmpMatch(icmp.Type, icmp.Code) : default,
        Tos = TosOf(rule),
        FragmentsOnly = rule.Fragment,
        Tag = _tags.Of(rule.Tag, rule.Position),
        Tagged = _tags.Of(rule.Tagged?.Name, rule.Position),
        TaggedIsNegated = rule.Tagged is { Negated: true, Name.Length: > 0 },
        ReceivedOn = rule.ReceivedOn is { } way ? interfaces.Resolve(way) : null,
        Probability = rule.Probability,
        Log = rule.Log,
        LogInterface = rule.LogInterface,
        Reply = rule.Reply,
        State = StateResolver.Resolve(rule, tables),
        AllowOptions = rule.AllowOptions,
        PassesFilter = rule is { IsFilter: false, Translation.Pass: true },
    };

    /// <summary>The first label, else where the statement begins.</summary>
    private string Identify(PfRule rule)
    {
        string name = rule.Labels is [{ Length: > 0 } label, ..]
            ? label
            : string.Create(CultureInfo.InvariantCulture, $"{rule.Position.File}:{rule.Position.Line}");
        string id = _ids.Next(name);
        _positions.TryAdd(id, rule.Position);
        return id;
    }

    /// <summary>0 is any, as in pf. What asks for ECN's bits would match nothing there; here it is a mistake.</summary>
    private byte? TosOf(PfRule rule)
    {
        if (rule.Tos is not { } tos || tos == 0) return null;
        if ((tos & EcnBits) == 0) return tos;
        errors.Add(rule.Position, string.Create(CultureInfo.InvariantCulture,
            $"tos 0x{tos:x2} would match nothing: its lower two bits are ECN's and not compared; expected 0x{tos & ~EcnBits:x2}"));
        return null;
    }

    private static RuleAction ActionOf(PfAction action) => action switch
    {
        PfAction.Block => RuleAction.Block,
        PfAction.Match => RuleAction.Match,
        _ => RuleAction.Pass,
    };
}

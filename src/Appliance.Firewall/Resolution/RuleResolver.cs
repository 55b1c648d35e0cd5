using System.Collections.Immutable;
using System.Globalization;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>Rules as they were expanded → rules as they are evaluated, those of anchors' bodies with them.</summary>
internal sealed class RuleResolver(InterfaceResolver interfaces, AddressResolver addresses, TableResolver tables, ResolutionErrors errors)
{
    private const byte EcnBits = 3;                                   // RFC 3168 §5

    private readonly ImmutableArray<PfRule>.Builder _origins = ImmutableArray.CreateBuilder<PfRule>();
    private readonly Dictionary<string, SourcePosition> _positions = new(StringComparer.Ordinal);
    private readonly RuleIds _ids = new();
    private readonly TagNumbers _tags = new(errors);

    /// <summary>Where each rule comes from, in the flat order of <see cref="RuleList"/>.</summary>
    public ImmutableArray<PfRule> Origins => _origins.ToImmutable();

    public ImmutableArray<string> Tags => _tags.Names;

    /// <summary>Of a rule by its id; for what is about all of them, of the first.</summary>
    public SourcePosition PositionOf(string ruleId) =>
        _positions.GetValueOrDefault(ruleId, _origins.Count > 0 ? _origins[0].Position : default);

    public ImmutableArray<Rule> Resolve(PfRuleSections sections) => [.. sections.Filter.Select(Resolve)];

    private Rule Resolve(PfRule rule)
    {
        string id = Identify(rule);
        return new Rule
        {
            Number = rule.Number,
            Id = id,
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
            Body = rule.Anchor?.Body is { } body ? Resolve(body) : default,
        };
    }

    /// <summary>The first label, else where the statement begins.</summary>
    private string Identify(PfRule rule)
    {
        string name = rule.Labels is [{ Length: > 0 } label, ..]
            ? label
            : string.Create(CultureInfo.InvariantCulture, $"{rule.Position.File}:{rule.Position.Line}");
        string id = _ids.Next(name);
        _origins.Add(rule);
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

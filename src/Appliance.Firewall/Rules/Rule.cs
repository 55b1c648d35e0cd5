using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// One resolved rule: names are indices, lists are expanded, defaults are written out. Conditions are asked in pf's order, and all must
/// hold. What is done with a packet beyond passing and blocking is carried as indices into lists of the model that holds the rules.
/// </summary>
public sealed record Rule
{
    /// <summary>For <see cref="Translation"/>, <see cref="Route"/>: there is none.</summary>
    public const int None = -1;

    /// <summary>
    /// Of a filter rule its number among those of its own ruleset or anchor, from 0: as <c>pfctl -vvsr</c> shows it behind <c>@</c>, and
    /// pflog and filterlog have it.
    /// </summary>
    public required int Number { get; init; }

    /// <summary>The label, else FILE:LINE, and <c>#k</c> behind the k-th of the same (<see cref="RuleIds"/>).</summary>
    public required string Id { get; init; }

    public RuleAction Action { get; init; }

    /// <summary>A match ends the evaluation. Of a match rule it does nothing, as in FreeBSD 14.</summary>
    public bool Quick { get; init; }

    public RuleDirection Direction { get; init; }
    public PortSet Interfaces { get; init; } = PortSet.Any;

    /// <summary>
    /// 4, 6, or 0: either. Whoever resolves an address of one family sets it: to <c>! 10/8</c> alone every IPv6 packet would match.
    /// </summary>
    public byte Family { get; init; }

    public IpProtocol? Protocol { get; init; }
    public AddressMatch Source { get; init; } = AddressMatch.Any;
    public PortMatch SourcePort { get; init; }
    public AddressMatch Destination { get; init; } = AddressMatch.Any;
    public PortMatch DestinationPort { get; init; }
    public TcpFlagsMatch Flags { get; init; }
    public IcmpMatch Icmp { get; init; }

    /// <summary>The DS field without its ECN bits must be this; null: any.</summary>
    public byte? Tos { get; init; }

    /// <summary><c>fragment</c>: only fragments whose transport header is elsewhere.</summary>
    public bool FragmentsOnly { get; init; }

    /// <summary>
    /// The tag that a match sets, 0: none. It sticks although a later rule decides, and <c>tagged</c> conditions of later rules see it.
    /// </summary>
    public ushort Tag { get; init; }

    /// <summary>The tag that the packet must have (0: whatever); with <see cref="TaggedIsNegated"/>, must not have.</summary>
    public ushort Tagged { get; init; }

    public bool TaggedIsNegated { get; init; }

    /// <summary>The port by which the packet came to the appliance; null: whatever. What was made here came by none.</summary>
    public PortSet? ReceivedOn { get; init; }

    /// <summary>Of 2^32 packets this many match; 0: all.</summary>
    public uint Probability { get; init; }

    public LogOptions Log { get; init; }

    /// <summary>N of <c>log (to pflogN)</c>.</summary>
    public byte LogInterface { get; init; }

    public BlockReply Reply { get; init; }
    public StatePolicy State { get; init; } = StatePolicy.None;

    /// <summary><c>allow-opts</c>: packets with IP options pass too; asked by who acts on the decision.</summary>
    public bool AllowOptions { get; init; }

    /// <summary>
    /// An index into the model's translations, or <see cref="None"/>. On a match rule it takes effect at once: the rules behind it
    /// see the packet as translated. In a list of nat, rdr or binat rules, none is <c>no nat</c>.
    /// </summary>
    public int Translation { get; init; } = None;

    /// <summary><c>nat pass</c>, <c>rdr pass</c>: what was translated passes, and the filter is not asked.</summary>
    public bool PassesFilter { get; init; }

    /// <summary>An index into the model's route-to, reply-to and dup-to, or <see cref="None"/>.</summary>
    public int Route { get; init; } = None;

    /// <summary>
    /// The rules of an anchor; default: this is no anchor. An anchor decides nothing itself: a packet that matches its conditions meets the
    /// rules of its body, and with <see cref="Quick"/> the evaluation ends behind them if one of them passed or blocked it.
    /// </summary>
    public ImmutableArray<Rule> Body { get; init; }

    public bool IsAnchor => !Body.IsDefault;

    /// <summary>Whether its action ends the evaluation.</summary>
    internal bool Ends => Quick && Action != RuleAction.Match;
}

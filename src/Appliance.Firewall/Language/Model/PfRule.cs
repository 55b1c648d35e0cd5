using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>
/// One rule after all lists are expanded: each condition has one value. It holds for every kind of rule; what a kind does not have is at
/// its default. Names of interfaces and tables are as written: who knows them resolves them.
/// </summary>
public sealed record PfRule
{
    /// <summary>Where its statement begins; rules expanded from one statement share it.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>
    /// pfctl's number of the rule within its ruleset or anchor, from 0: one count for all kinds, as <c>$nr</c> of a label has it.
    /// </summary>
    public int Number { get; init; }
    public required PfAction Action { get; init; }

    /// <summary>pass, block or match, or an anchor of such.</summary>
    public bool IsFilter => Action is PfAction.Pass or PfAction.Block or PfAction.Match;

    /// <summary>Of a block rule; for a pass rule, what is answered when the state cannot be made (<c>set fail-policy</c>).</summary>
    public BlockReply Reply { get; init; }
    public RuleDirection Direction { get; init; }
    public LogOptions Log { get; init; }

    /// <summary>N of <c>log (to pflogN)</c>.</summary>
    public byte LogInterface { get; init; }
    public bool Quick { get; init; }
    public PfInterface? Interface { get; init; }
    public PfRoute? Route { get; init; }
    public AddressFamily Family { get; init; }
    public IpProtocol? Protocol { get; init; }
    public PfEndpoint Source { get; init; } = PfEndpoint.Any;
    public PfEndpoint Destination { get; init; } = PfEndpoint.Any;

    /// <summary>A fingerprint's name (<c>from any os "Linux"</c>); empty for any.</summary>
    public string OperatingSystem { get; init; } = "";
    public PfInterface? ReceivedOn { get; init; }
    public IdMatch User { get; init; }
    public IdMatch Group { get; init; }
    public TcpFlagsMatch Flags { get; init; }
    public IcmpTypeOption? Icmp { get; init; }
    public byte? Tos { get; init; }

    /// <summary>802.1p priority of the packet as it came.</summary>
    public byte? Priority { get; init; }
    public PacketRate MaxPacketRate { get; init; }

    /// <summary>Bytes of the datagram; 0: any.</summary>
    public ushort MaxPacketSize { get; init; }
    public PriorityPair? SetPriority { get; init; }
    public byte? SetTos { get; init; }
    public ScrubOptions? Scrub { get; init; }
    public StateKind State { get; init; }
    public StateOptions StateOptions { get; init; } = StateOptions.None;

    /// <summary>Of 2^32 packets this many match; 0: all.</summary>
    public uint Probability { get; init; }
    public LimiterUse? StateLimiter { get; init; }
    public LimiterUse? SourceLimiter { get; init; }

    /// <summary>Fragments after the first only.</summary>
    public bool Fragment { get; init; }
    public bool AllowOptions { get; init; }

    /// <summary>The rule is gone after its first match.</summary>
    public bool Once { get; init; }

    /// <summary>With <c>$if</c>, <c>$nr</c> and the others replaced.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];
    public uint Identifier { get; init; }
    public DummynetAssignment? Dummynet { get; init; }
    public QueueAssignment? Queue { get; init; }
    public string Tag { get; init; } = "";
    public TagMatch? Tagged { get; init; }
    public int? RoutingTable { get; init; }

    /// <summary>0: not diverted.</summary>
    public ushort DivertPort { get; init; }
    public Translation? Translation { get; init; }
    public AnchorCall? Anchor { get; init; }

    /// <summary>The line that <c>pfctl -nvf</c> prints for the rule, without indent and without an anchor's brace.</summary>
    public string Text { get; init; } = "";
}

using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rules;

/// <summary>
/// As pfSense writes them. Some twenty networks behind as many ports; a rule lets a network, a host or all reach a host, a network or all
/// on a service, mostly quick; a block by a table stands before, a match rule sets a tag, and the default is to block.
/// </summary>
internal sealed class GatewayRules : RuleShape
{
    public GatewayRules(int count, int seed)
        : base(seed)
    {
        Add(Next() with { Action = RuleAction.Block, Log = LogOptions.First });
        Add(Next() with { Action = RuleAction.Block, Quick = true, Direction = RuleDirection.In, Interfaces = PortSet.Of(0),
            Source = AddressMatch.Of(Table("blocked", 5_000)) });
        Add(Next() with { Action = RuleAction.Match, Direction = RuleDirection.In, Interfaces = PortSet.Of(0), Tag = 1 });
        Add(Next() with { Direction = RuleDirection.Out, State = StatePolicy.Keep });
        while (Count < count) Add(DrawRule());
    }

    public override string Name => "gateway";

    private Rule DrawRule()
    {
        int port = Random.Next(Networks);
        IpProtocol? protocol = Random.Next(100) switch { < 70 => IpProtocol.Tcp, < 92 => IpProtocol.Udp, < 95 => IpProtocol.Icmp,
            _ => null };
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp;
        return Next() with
        {
            Action = Chance(85) ? RuleAction.Pass : RuleAction.Block,
            Quick = Chance(85),
            Direction = RuleDirection.In,
            Interfaces = Chance(95) ? PortSet.Of((ushort)port) : PortSet.Any,
            Family = 4,
            Protocol = protocol,
            Source = Random.Next(100) switch { < 40 => Network(port), < 75 => Host(port), _ => AddressMatch.Any },
            Destination = Random.Next(100) switch { < 70 => Host(Random.Next(Networks)), < 85 => Network(Random.Next(Networks)),
                < 95 => Outside(16), _ => AddressMatch.Any },
            DestinationPort = !hasPorts || Chance(5) ? default : Chance(90)
                ? new PortMatch(MatchOperator.Equal, Service())
                : new PortMatch(MatchOperator.Range, 40_000, (ushort)(40_000 + Random.Next(20_000))),
            Flags = protocol is IpProtocol.Tcp or null ? TcpFlagsMatch.SynOfSynAck : default,
            Icmp = protocol == IpProtocol.Icmp ? new IcmpMatch(8) : default,
            State = StatePolicy.Keep,
        };
    }
}

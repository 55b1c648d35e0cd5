using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rules;

/// <summary>
/// As people write pf.conf by hand: last match, rules of both directions and of all ports, address ranges and lists, port operators, tables
/// on either side, negation, tags that later rules ask for. Few are quick, so every rule that matches is looked at.
/// </summary>
internal sealed class FloatingRules : RuleShape
{
    private readonly AddressTable[] _tables;

    public FloatingRules(int count, int seed)
        : base(seed)
    {
        _tables = [.. Enumerable.Range(0, 4).Select(number => Table($"t{number}", 500))];
        Add(Next() with { Action = RuleAction.Block, Direction = RuleDirection.Both });
        Add(Next() with { Direction = RuleDirection.Out, State = StatePolicy.Keep });
        Add(Next() with { Action = RuleAction.Match, Direction = RuleDirection.In, Protocol = IpProtocol.Udp, Tag = 1 });
        Add(Next() with { Action = RuleAction.Block, Quick = true, Direction = RuleDirection.Both, Source = AddressMatch.Of(_tables[0]) });
        while (Count < count) Add(DrawRule());
    }

    public override string Name => "by hand";

    private Rule DrawRule()
    {
        int network = Random.Next(Networks);
        IpProtocol? protocol = Random.Next(100) switch { < 60 => IpProtocol.Tcp, < 90 => IpProtocol.Udp, < 93 => IpProtocol.Icmp,
            _ => null };
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp;
        return Next() with
        {
            Action = Chance(70) ? RuleAction.Pass : Chance(90) ? RuleAction.Block : RuleAction.Match,
            Quick = Chance(10),
            Direction = Random.Next(3) switch { 0 => RuleDirection.Both, 1 => RuleDirection.In, _ => RuleDirection.Out },
            Interfaces = Chance(50) ? PortSet.Any : PortSet.Of((ushort)network),
            Protocol = protocol,
            Source = Random.Next(100) switch { < 20 => Network(network), < 50 => Host(network), < 60 => Range(network), < 62 => OfTable(),
                < 64 => Network(network).Not(), _ => AddressMatch.Any },
            Destination = Random.Next(100) switch { < 65 => Host(Random.Next(Networks)), < 75 => Range(Random.Next(Networks)),
                < 90 => List4(), < 96 => Outside(12), _ => Network(Random.Next(Networks)) },
            DestinationPort = !hasPorts || Chance(10) ? default : DrawPorts(),
            Flags = protocol is IpProtocol.Tcp or null ? TcpFlagsMatch.SynOfSynAck : default,
            Icmp = protocol == IpProtocol.Icmp ? new IcmpMatch(8) : default,
            Tagged = Chance(3) ? (ushort)1 : (ushort)0,
            State = StatePolicy.Keep,
        };
    }

    private PortMatch DrawPorts()
    {
        ushort first = Service();
        return Random.Next(100) switch
        {
            < 75 => new PortMatch(MatchOperator.Equal, first),
            < 90 => new PortMatch(MatchOperator.Range, first, (ushort)(first + Random.Next(1, 2_000))),
            < 95 => new PortMatch(MatchOperator.Greater, 1023),
            _ => new PortMatch(MatchOperator.NotEqual, first),
        };
    }

    private AddressMatch OfTable() => AddressMatch.Of(_tables[Random.Next(_tables.Length)]);

    private AddressMatch Range(int network)
    {
        uint first = HostOf(network);
        return AddressMatch.Of(new AddressRange(new Ipv4Address(first), new Ipv4Address(first + (uint)Random.Next(2, 40))));
    }

    private AddressMatch List4() => AddressMatch.Of([.. Enumerable.Range(0, Random.Next(2, 5))
        .Select(_ => AddressRange.Of(new IpPrefix(new Ipv4Address(HostOf(Random.Next(Networks))), 32)))]);
}

using System.Collections.Immutable;
using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rules;

/// <summary>
/// Rule bases as gateways have them, and new connections as they see them, from a seed. Some twenty networks behind as many ports; a rule
/// lets a network, a host or all reach a host, a network or all on a service, mostly quick as pfSense writes them; a few blocks and
/// tables stand before, some match rules set tags, and the default is to block.
/// </summary>
internal sealed class GatewayRules
{
    private const int Networks = 20;
    private const int Hosts = 200;                  // of a network
    private static readonly ushort[] Services = [443, 80, 22, 53, 25, 993, 587, 3389, 5432, 3306, 8080, 8443, 123, 161, 389, 636, 5060,
        1194];
    private readonly Random _random;
    private readonly AddressTable _blocked = new("blocked");

    public GatewayRules(int count, int seed)
    {
        _random = new Random(seed);
        _blocked.Add(Enumerable.Range(0, 5_000)
            .Select(_ => new TableEntry(new IpPrefix(new Ipv4Address(0x50000000 + (uint)_random.Next(1 << 28)), 24))));
        List = RuleList.Create(RuleOrder.LastMatch, Draw(count));
    }

    public RuleList List { get; }

    /// <summary>First segments and datagrams of connections; three in four are what some rule is about.</summary>
    public PacketView[] DrawPackets(int count) => [.. Enumerable.Range(0, count).Select(DrawPacket)];

    private List<Rule> Draw(int count)
    {
        var rules = new List<Rule>
        {
            Base(0) with { Action = RuleAction.Block, Log = LogOptions.First },
            Base(1) with { Action = RuleAction.Block, Quick = true, Direction = RuleDirection.In, Interfaces = PortSet.Of(0),
                Source = AddressMatch.Of(_blocked) },
            Base(2) with { Action = RuleAction.Match, Direction = RuleDirection.In, Interfaces = PortSet.Of(0), Tag = 1 },
            Base(3) with { Direction = RuleDirection.Out, State = StatePolicy.Keep },
        };
        while (rules.Count < count) rules.Add(DrawRule(rules.Count));
        return rules;
    }

    private Rule DrawRule(int number)
    {
        int port = _random.Next(Networks);
        IpProtocol? protocol = _random.Next(100) switch { < 70 => IpProtocol.Tcp, < 92 => IpProtocol.Udp, < 95 => IpProtocol.Icmp,
            _ => null };
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp;
        return Base(number) with
        {
            Action = Chance(85) ? RuleAction.Pass : RuleAction.Block,
            Quick = Chance(85),
            Direction = RuleDirection.In,
            Interfaces = Chance(95) ? PortSet.Of((ushort)port) : PortSet.Any,
            Family = 4,
            Protocol = protocol,
            Source = _random.Next(100) switch { < 40 => Network(port), < 75 => Host(port), _ => AddressMatch.Any },
            Destination = _random.Next(100) switch { < 70 => Host(_random.Next(Networks)), < 85 => Network(_random.Next(Networks)),
                < 95 => Outside(), _ => AddressMatch.Any },
            DestinationPort = !hasPorts || Chance(5) ? default : Chance(90)
                ? new PortMatch(MatchOperator.Equal, Services[_random.Next(Services.Length)])
                : new PortMatch(MatchOperator.Range, 40_000, (ushort)(40_000 + _random.Next(20_000))),
            Flags = protocol is IpProtocol.Tcp or null ? TcpFlagsMatch.SynOfSynAck : default,
            Icmp = protocol == IpProtocol.Icmp ? new IcmpMatch(8) : default,
            State = StatePolicy.Keep,
        };
    }

    private PacketView DrawPacket(int ordinal)
    {
        Rule rule = List[_random.Next(List.Count)];
        int port = rule.Interfaces.IsAny ? _random.Next(Networks) : rule.Interfaces.Ports[0];
        IpProtocol protocol = rule.Protocol ?? IpProtocol.Tcp;
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp;
        bool isStray = Chance(25);
        return new PacketView
        {
            Family = 4,
            Ordinal = (ulong)ordinal,
            Frames = 1,
            Bytes = 60,
            Direction = RuleDirection.In,
            Port = (ushort)port,
            ReceivedOn = port,
            Protocol = protocol,
            Source = isStray ? (UInt128)(uint)_random.NextInt64(1L << 32) : Within(rule.Source, HostOf(port)),
            Destination = Within(rule.Destination, HostOf(_random.Next(Networks))),
            SourcePort = hasPorts ? (ushort)_random.Next(1024, 65536) : (ushort)0,
            DestinationPort = hasPorts ? (Chance(80) && !rule.DestinationPort.IsAny ? rule.DestinationPort.First
                : Services[_random.Next(Services.Length)]) : (ushort)0,
            TcpFlags = protocol == IpProtocol.Tcp ? (byte)2 : (byte)0,
            IcmpType = protocol == IpProtocol.Icmp ? (byte)8 : (byte)0,
        };
    }

    private UInt128 Within(AddressMatch condition, uint otherwise)
    {
        ImmutableArray<AddressRange> ranges = condition.Ranges;
        if (ranges.IsEmpty) return otherwise;
        return ranges[0].First.Bits + (uint)_random.NextInt64((long)(ranges[0].Last.Bits - ranges[0].First.Bits) + 1);
    }

    private static Rule Base(int number) => new() { Number = number, Id = $"r{number}" };

    private AddressMatch Host(int network) => AddressMatch.Of(new IpPrefix(new Ipv4Address(HostOf(network)), 32));

    private uint HostOf(int network) => 0x0a00_0000 + ((uint)network << 16) + (uint)(_random.Next(Hosts) * 5);

    private static AddressMatch Network(int network) =>
        AddressMatch.Of(new IpPrefix(new Ipv4Address(0x0a00_0000 + ((uint)network << 16)), 16));

    private AddressMatch Outside() =>
        AddressMatch.Of(new IpPrefix(new Ipv4Address((uint)_random.NextInt64(1L << 32)), _random.Next(16, 33)));

    private bool Chance(int percent) => _random.Next(100) < percent;
}

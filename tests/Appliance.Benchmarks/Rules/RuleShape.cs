using System.Collections.Immutable;
using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rules;

/// <summary>
/// Rule bases of one shape, of any number of rules, and new connections as they see them, from a seed. Three in four connections are what
/// some rule is about.
/// </summary>
internal abstract class RuleShape
{
    public const int Networks = 20;
    protected const int Hosts = 200;                // of a network

    protected static readonly ushort[] Services = [443, 80, 22, 53, 25, 993, 587, 3389, 5432, 3306, 8080, 8443, 123, 161, 389, 636, 5060,
        1194];

    private readonly List<Rule> _rules = [];

    protected RuleShape(int seed) => Random = new Random(seed);

    /// <summary>How people would call it.</summary>
    public abstract string Name { get; }

    public RuleList List => field ??= RuleList.Create(RuleOrder.LastMatch, _rules);

    protected Random Random { get; }

    protected int Count => _rules.Count;

    /// <summary>First segments and datagrams of connections.</summary>
    public DrawnPacket[] DrawPackets(int count) => [.. Enumerable.Range(0, count).Select(_ => DrawPacket())];

    /// <summary>What the next rule begins with.</summary>
    protected Rule Next() => new() { Number = _rules.Count, Id = $"r{_rules.Count}" };

    protected void Add(Rule rule) => _rules.Add(rule);

    protected static AddressMatch Network(int network) =>
        AddressMatch.Of(new IpPrefix(new Ipv4Address(0x0a00_0000 + ((uint)network << 16)), 16));

    protected AddressMatch Host(int network) => AddressMatch.Of(new IpPrefix(new Ipv4Address(HostOf(network)), 32));

    protected uint HostOf(int network) => 0x0a00_0000 + ((uint)network << 16) + (uint)(Random.Next(Hosts) * 5);

    protected AddressMatch Outside(int shortest) => AddressMatch.Of(OutsidePrefix(shortest));

    protected IpPrefix OutsidePrefix(int shortest) =>
        new IpPrefix(new Ipv4Address((uint)Random.NextInt64(0x1000_0000, 0xe000_0000)), Random.Next(shortest, 33)).Canonical;

    protected AddressTable Table(string name, int prefixes)
    {
        var table = new AddressTable(name);
        table.Add(Enumerable.Range(0, prefixes)
            .Select(_ => new TableEntry(new IpPrefix(new Ipv4Address(0x5000_0000 + (uint)Random.Next(1 << 28)), 24))));
        return table;
    }

    protected ushort Service() => Services[Random.Next(Services.Length)];

    protected bool Chance(int percent) => Random.Next(100) < percent;

    private DrawnPacket DrawPacket()
    {
        Rule rule = List[Random.Next(List.Count)];
        int port = rule.Interfaces.IsAny ? Random.Next(Networks) : rule.Interfaces.Ports[0];
        IpProtocol protocol = rule.Protocol ?? IpProtocol.Tcp;
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp;
        return new DrawnPacket(
            Chance(25) ? (uint)Random.NextInt64(1L << 32) : Within(rule.Source, HostOf(port)),
            Within(rule.Destination, HostOf(Random.Next(Networks))),
            hasPorts ? (ushort)Random.Next(1024, 65536) : (ushort)0,
            !hasPorts ? (ushort)0 : Chance(80) && !rule.DestinationPort.IsAny ? rule.DestinationPort.First : Service(),
            (ushort)port, protocol, rule.Direction == RuleDirection.Both && Chance(50) ? RuleDirection.Out : rule.Direction);
    }

    private uint Within(AddressMatch condition, uint otherwise)
    {
        ImmutableArray<AddressRange> ranges = condition.Ranges;
        if (ranges.IsEmpty || condition.IsNegated) return otherwise;
        AddressRange range = ranges[Random.Next(ranges.Length)];
        return (uint)range.First.Bits + (uint)Random.NextInt64((long)(range.Last.Bits - range.First.Bits) + 1);
    }
}

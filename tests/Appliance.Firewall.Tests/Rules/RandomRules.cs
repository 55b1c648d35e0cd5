using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Rules and packets drawn from the same few addresses, ports and tags, so that rules match, overlap and depend on one another. Packets
/// lie on the edges of what the rules name, one before and one behind.
/// </summary>
internal sealed class RandomRules
{
    private static readonly string[] V4Prefixes =
        ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.128/25", "10.1.2.3/32", "10.1.2.200/32", "192.0.2.0/24",
            "192.0.2.7/32", "255.255.255.255/32", "128.0.0.0/1"];

    private static readonly string[] V6Prefixes =
        ["::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1:2::/64", "2001:db8:1:2::/66", "2001:db8:1:2::3/128",
            "2001:db8:1:2:8000::1/128", "fe80::/10", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"];

    private static readonly ushort[] Ports = [0, 1, 22, 53, 80, 443, 1023, 1024, 49152, 65534, 65535];
    private static readonly IpProtocol[] Protocols = [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.Icmp, IpProtocol.Icmpv6,
        IpProtocol.Gre];
    private readonly Random _random;
    private readonly ImmutableArray<AddressTable> _tables;
    private int _names;

    public RandomRules(int seed)
    {
        _random = new Random(seed);
        _tables = [.. Enumerable.Range(0, 3).Select(DrawTable)];
    }

    /// <summary>Edited between packets, by who tests that.</summary>
    public ImmutableArray<AddressTable> Tables => _tables;

    public List<Rule> DrawRules(RuleOrder order)
    {
        int count = _random.Next(10) switch { 0 => _random.Next(3), 1 => _random.Next(60, 400), _ => _random.Next(2, 40) };
        return [.. Enumerable.Range(0, count).Select(number => DrawRule(number, order, depth: 0))];
    }

    public PacketView DrawPacket(ulong ordinal)
    {
        bool isV6 = Chance(40);
        IpProtocol protocol = Pick(Protocols);
        bool isLater = Chance(7);
        bool hasPorts = !isLater && protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;
        bool isIcmp = !isLater && protocol == (isV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp);
        return new PacketView
        {
            Family = isV6 ? (byte)6 : (byte)4,
            Source = DrawAddress(isV6),
            Destination = DrawAddress(isV6),
            Ordinal = ordinal,
            Bytes = _random.Next(20, 1500),
            Frames = Chance(90) ? 1 : _random.Next(2, 20),
            Protocol = protocol,
            SourcePort = hasPorts ? DrawPort() : (ushort)0,
            DestinationPort = hasPorts ? DrawPort() : (ushort)0,
            TcpFlags = protocol == IpProtocol.Tcp && !isLater ? (byte)_random.Next(64) : (byte)0,
            IcmpType = isIcmp ? (byte)_random.Next(4) : (byte)0,
            IcmpCode = isIcmp ? (byte)_random.Next(3) : (byte)0,
            Tos = (byte)(4 * _random.Next(3)),
            Tag = Chance(30) ? (ushort)_random.Next(1, 4) : (ushort)0,
            Direction = Chance(50) ? RuleDirection.In : RuleDirection.Out,
            Port = (ushort)_random.Next(5),
            ReceivedOn = _random.Next(-1, 5),
            Traits = isLater ? PacketTraits.LaterFragment : PacketTraits.None,
        };
    }

    public TableEntry DrawEntry() => new(DrawPrefix(Chance(40)), IsNegated: Chance(30));

    private Rule DrawRule(int number, RuleOrder order, int depth)
    {
        bool isFirstMatch = order == RuleOrder.FirstMatch;
        byte family = Chance(65) ? (byte)0 : Chance(60) ? (byte)4 : (byte)6;
        IpProtocol? protocol = Chance(50) ? null : Pick(Protocols);
        if (protocol == IpProtocol.Icmp && family == 6) protocol = IpProtocol.Icmpv6;
        if (protocol == IpProtocol.Icmpv6 && family == 4) protocol = IpProtocol.Icmp;
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;
        bool isIcmp = protocol is IpProtocol.Icmp or IpProtocol.Icmpv6;
        bool isAnchor = depth < 3 && Chance(6);
        bool isMatch = !isAnchor && !isFirstMatch && Chance(20);
        byte? icmpType = isIcmp && Chance(50) ? (byte)_random.Next(4) : null;
        bool seldom = Chance(20);                                     // most rules ask for little, or nothing would match
        return new Rule
        {
            Number = number,
            Id = $"r{_names++}",
            Action = isMatch ? RuleAction.Match : isFirstMatch || Chance(55) ? RuleAction.Pass : RuleAction.Block,
            Quick = Chance(isAnchor ? 40 : 12),
            Direction = Chance(60) ? RuleDirection.Both : Chance(50) ? RuleDirection.In : RuleDirection.Out,
            Interfaces = DrawPorts(),
            Family = family,
            Protocol = protocol,
            Source = DrawCondition(isSource: true),
            SourcePort = hasPorts && Chance(25) ? DrawPortMatch() : default,
            Destination = DrawCondition(isSource: false),
            DestinationPort = hasPorts && Chance(50) ? DrawPortMatch() : default,
            Flags = Chance(25) ? DrawFlags() : default,
            Icmp = new IcmpMatch(icmpType, icmpType is not null && Chance(40) ? (byte)_random.Next(3) : null),
            Tos = seldom && Chance(30) ? (byte)(4 * _random.Next(3)) : null,
            FragmentsOnly = seldom && Chance(15),
            Tag = Chance(20) ? (ushort)_random.Next(1, 4) : (ushort)0,
            Tagged = Chance(12) ? (ushort)_random.Next(1, 4) : (ushort)0,
            ReceivedOn = seldom && Chance(40) ? DrawPorts() : null,
            Probability = seldom && Chance(40) ? (uint)_random.NextInt64(1, uint.MaxValue) : 0,
            Log = Chance(80) ? LogOptions.None : Chance(60) ? LogOptions.First : LogOptions.First | LogOptions.Matches,
            Translation = !isAnchor && (isMatch ? Chance(25) : isFirstMatch) ? _random.Next(8) : Rule.None,
            Body = isAnchor ? [.. Enumerable.Range(0, _random.Next(8)).Select(inner => DrawRule(inner, order, depth + 1))] : default,
        } is var rule && rule.Tagged != 0 && Chance(40) ? rule with { TaggedIsNegated = true } : rule;
    }

    private AddressMatch DrawCondition(bool isSource)
    {
        AddressMatch condition = _random.Next(20) switch
        {
            < 11 => AddressMatch.Any,
            < 13 => AddressMatch.Of(DrawPrefix(Chance(40))),
            < 14 => AddressMatch.Of(DrawRange(Chance(40))),
            < 16 => AddressMatch.Of([.. Enumerable.Range(0, _random.Next(6))
                .Select(_ => Chance(50) ? DrawRange(Chance(40)) : AddressRange.Of(DrawPrefix(Chance(40))))]),
            < 18 => AddressMatch.Of(Pick(_tables.AsSpan())),
            18 when isSource => AddressMatch.UrpfFailed,
            _ => AddressMatch.NoRoute,
        };
        return Chance(15) ? condition.Not() : condition;
    }

    private PortMatch DrawPortMatch()
    {
        ushort first = DrawPort(), second = DrawPort();
        if (first > second && Chance(80)) (first, second) = (second, first);
        return new PortMatch((MatchOperator)_random.Next(1, 10), first, second);
    }

    private TcpFlagsMatch DrawFlags()
    {
        byte mask = Chance(50) ? (byte)0x12 : (byte)_random.Next(64);
        return new TcpFlagsMatch((byte)(_random.Next(64) & mask), mask);
    }

    private PortSet DrawPorts()
    {
        if (Chance(65)) return PortSet.Any;
        PortSet ports = PortSet.Of(Enumerable.Range(0, _random.Next(4)).Select(_ => (ushort)(Chance(95) ? _random.Next(5) : 70)));
        return Chance(30) ? ports.Complement() : ports;
    }

    private AddressTable DrawTable(int number)
    {
        var table = new AddressTable($"t{number}");
        table.Add(Enumerable.Range(0, _random.Next(6)).Select(_ => DrawEntry()));
        return table;
    }

    private IpPrefix DrawPrefix(bool isV6)
    {
        string text = Pick(isV6 ? V6Prefixes : V4Prefixes);
        return IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new InvalidOperationException(text);
    }

    private AddressRange DrawRange(bool isV6)
    {
        UInt128 first = DrawAddress(isV6), second = Chance(50) ? DrawAddress(isV6)
            : UInt128.Min(Last(isV6), first + (UInt128)_random.Next(3));
        if (second < first) (first, second) = (second, first);
        return new AddressRange(ToAddress(first, isV6), ToAddress(second, isV6));
    }

    /// <summary>The first or last of a prefix, or a neighbour of one of these.</summary>
    private UInt128 DrawAddress(bool isV6)
    {
        AddressRange range = AddressRange.Of(DrawPrefix(isV6));
        UInt128 edge = Chance(50) ? range.First.Bits : range.Last.Bits;
        return _random.Next(4) switch
        {
            0 when edge > 0 => edge - 1,
            1 when edge < Last(isV6) => edge + 1,
            _ => edge,
        };
    }

    private ushort DrawPort() => (ushort)(Pick(Ports) + (Chance(20) ? _random.Next(-1, 2) : 0));

    private static UInt128 Last(bool isV6) => isV6 ? UInt128.MaxValue : uint.MaxValue;

    private static IpAddress ToAddress(UInt128 bits, bool isV6) => isV6 ? new Ipv6Address(bits) : new Ipv4Address((uint)bits);

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(params ReadOnlySpan<T> from) => from[_random.Next(from.Length)];
}

using System.Globalization;
using Appliance.Engine;
using Appliance.Firewall.Language;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// A gateway of four ports, and packets in a line of text each:
/// <c>in lan tcp 192.168.1.10:4000 > 1.1.1.1:443 S</c>, <c>out wan icmp 203.0.113.2 > 1.1.1.1 8/0 via lan</c>.
/// </summary>
internal sealed class Gateway : IRouteFacts
{
    public const string File = "pf.conf";

    public static readonly FirewallPorts Ports = new(
        new FirewallPort(0, "wan")
        {
            Groups = ["outside"],
            Addresses = [Prefix("203.0.113.2/24"), Prefix("203.0.113.3/24"), Prefix("2001:db8:1::2/64")],
            LinkLocal = new Ipv6Address(((UInt128)0xfe80 << 112) | 0x11),
        },
        new FirewallPort(1, "lan") { Groups = ["inside", "wired"], Addresses = [Prefix("192.168.1.1/24"), Prefix("192.168.2.1/24")] },
        new FirewallPort(2, "dmz") { Groups = ["inside"], Addresses = [Prefix("10.0.0.1/24")] },
        new FirewallPort(3, "lan.20") { Addresses = [] });

    public static ResolutionResult Resolve(string ruleset, RulesetTexts? files = null)
    {
        RulesetTexts texts = (files ?? new RulesetTexts()).With(File, ruleset);
        PfParseResult parsed = PfRulesetParser.Parse(File, texts, Ports);
        return parsed.Ruleset is { } good ? RulesetResolver.Resolve(good, Ports, texts) : new ResolutionResult(null, parsed.Errors, []);
    }

    public static ResolvedRuleset Good(string ruleset, RulesetTexts? files = null)
    {
        ResolutionResult result = Resolve(ruleset, files);
        Assert.Empty(result.Errors);
        Assert.NotNull(result.Ruleset);
        return result.Ruleset;
    }

    public static string[] Errors(string ruleset, RulesetTexts? files = null)
    {
        ResolutionResult result = Resolve(ruleset, files);
        Assert.Equal(result.Ruleset is null, result.Errors.Length > 0);
        return [.. result.Errors.Select(error => error.ToString())];
    }

    /// <summary>The id of the rule that decides, or <c>default</c>.</summary>
    public static string Judge(ResolvedRuleset ruleset, string packet)
    {
        var evaluator = new NaiveEvaluator(ruleset.Filter, new Gateway(), KeyedRandom.FromSeed(1));
        var match = new RuleMatch();
        evaluator.Evaluate(Read(packet, ruleset), ref match);
        return match.IsDefault ? "default" : ruleset.Filter[match.Rule].Id;
    }

    /// <summary>
    /// What the translation rules make of a packet that has no state: <c>ID SOURCE > DESTINATION</c>, or <c>no</c>; <c>ID drop</c> where
    /// there is no address for it.
    /// </summary>
    public static string Translate(ResolvedRuleset ruleset, string packet)
    {
        PacketView view = Read(packet, ruleset);
        var matcher = new RulesetMatcher(ruleset.Rules, list => new NaiveEvaluator(list, new Gateway(), KeyedRandom.FromSeed(1)));
        var match = new RuleMatch();
        return matcher.TryFindTranslation(view, ref match, out RulesetList list)
            ? Apply(ruleset, matcher[list].Rules[match.Rule], view)
            : "no";
    }

    /// <summary>The same by one rule.</summary>
    public static string Apply(ResolvedRuleset ruleset, Rule rule, string packet) => Apply(ruleset, rule, Read(packet, ruleset));

    private static string Apply(ResolvedRuleset ruleset, Rule rule, PacketView view)
    {
        var live = new LiveTranslation(ruleset.Translations[rule.Translation], KeyedRandom.FromSeed(1));
        var flow = new FrameEndpoints(view.Source, view.Destination, view.SourcePort, view.DestinationPort);
        var probe = new TakenPorts([]);
        if (live.Destination(view.IsV6) is { } destination && !destination.TryChoose(flow, view.Protocol, out flow))
            return $"{rule.Id} drop";
        var buckets = new BucketPorts(Steering.Symmetric);
        if (live.Source(view.IsV6) is { } source && !source.TryChoose(flow, view.Protocol, buckets, 0, ref probe, out flow))
            return $"{rule.Id} drop";
        return $"{rule.Id} {Text(flow.Source, flow.SourcePort, view)} > {Text(flow.Destination, flow.DestinationPort, view)}";
    }

    private static string Text(UInt128 address, ushort port, PacketView view)
    {
        string text = view.IsV6 ? $"[{new Ipv6Address(address)}]" : new Ipv4Address((uint)address).ToString();
        return port == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}:{port}");
    }

    /// <summary>To 198.18.0.0/15 there is no route; to 192.168/16 by lan, to 10/8 by dmz, to all else by wan.</summary>
    public bool HasRoute(UInt128 address, bool isV6) => isV6 || (uint)address >> 17 != 0xc612_0000 >> 17;

    public bool HasRouteBy(UInt128 address, bool isV6, int port)
    {
        int way = isV6 ? 0 : (uint)address >> 16 == 0xc0a8 ? 1 : (uint)address >> 24 == 10 ? 2 : 0;
        return HasRoute(address, isV6) && port == way;
    }

    public static IpPrefix Prefix(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix), text);
        return prefix;
    }

    public static PacketView Read(string text, ResolvedRuleset ruleset)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(">", words[4]);
        (IpAddress source, ushort sourcePort) = Endpoint(words[3]);
        (IpAddress destination, ushort destinationPort) = Endpoint(words[5]);
        bool isIn = words[0] == "in";
        int port = PortOf(words[1]);
        var packet = new PacketView
        {
            Direction = isIn ? RuleDirection.In : RuleDirection.Out,
            Port = (ushort)port,
            ReceivedOn = isIn ? port : -1,
            Protocol = Enum.Parse<IpProtocol>(words[2], ignoreCase: true),
            Source = source.Bits,
            Destination = destination.Bits,
            Family = (byte)(source.IsV6 ? 6 : 4),
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Frames = 1,
            Bytes = 100,
            Ordinal = 7,
        };
        for (int i = 6; i < words.Length; i++)
            packet = With(packet, words[i], i + 1 < words.Length ? words[++i] : "", ruleset);
        return packet;
    }

    private static PacketView With(PacketView packet, string what, string value, ResolvedRuleset ruleset) => what switch
    {
        "flags" => packet with { TcpFlags = (byte)value.Aggregate(0, (all, letter) => all | (1 << "FSRPAUEW".IndexOf(letter))) },
        "type" => packet with { IcmpType = Number(value.Split('/')[0]), IcmpCode = Number(value.Split('/')[1]) },
        "tos" => packet with { Tos = Number(value) },
        "via" => packet with { ReceivedOn = PortOf(value) },
        "tag" => packet with { Tag = (ushort)(ruleset.Tags.IndexOf(value) + 1) },
        "fragment" => packet with { Traits = PacketTraits.LaterFragment },
        _ => throw new ArgumentException($"a packet has no '{what}'", nameof(what)),
    };

    private static byte Number(string text) => byte.Parse(text, CultureInfo.InvariantCulture);

    private static int PortOf(string name)
    {
        Assert.True(Ports.TryFind(name, out PortSet? ports), name);
        return Assert.Single(ports.Ports);
    }

    /// <summary><c>1.2.3.4:80</c>, <c>[::1]:80</c>, or an address alone.</summary>
    private static (IpAddress Address, ushort Port) Endpoint(string text)
    {
        bool hasPort = text.StartsWith('[') || (text.Contains('.') && text.Contains(':'));
        int colon = hasPort ? text.LastIndexOf(':') : text.Length;
        Assert.True(IpAddress.TryParse(text[..colon].Trim('[', ']'), out IpAddress address), text);
        return (address, hasPort ? ushort.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture) : (ushort)0);
    }
}

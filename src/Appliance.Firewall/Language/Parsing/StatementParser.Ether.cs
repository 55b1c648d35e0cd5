using System.Collections.Immutable;
using Appliance.Wire.Ethernet;

namespace Appliance.Firewall.Language;

/// <content>Rules on Ethernet frames.</content>
internal sealed partial class StatementParser
{
    private void EtherStatement()
    {
        SourcePosition position = _tokens.Take().Position;
        PfAction action = PfAction.Pass;
        if (_tokens.TryTake("block")) action = PfAction.Block;
        else if (_tokens.TryTake("match")) action = PfAction.Match;
        else _tokens.Expect("pass", ", 'block' or 'match' behind 'ether'");
        var statement = new EtherStatement(new EtherRule
        {
            Position = position, Action = action, Direction = Direction(), Quick = _tokens.TryTake("quick"),
        })
        {
            Interfaces = Interfaces(),
        };
        if (_tokens.TryTake("bridge-to"))
            statement = statement with { Template = statement.Template with { BridgeTo = Interface(negated: false).Name } };
        if (_tokens.TryTake("proto")) statement = statement with { EtherTypes = _tokens.TakeList<ushort>(items => items.Add(EtherType())) };
        if (!_tokens.TryTake("all"))
        {
            if (_tokens.TryTake("from")) statement = statement with { Sources = Macs() };
            if (_tokens.TryTake("to")) statement = statement with { Destinations = Macs() };
        }

        if (_tokens.TryTake("l3"))
        {
            RuleLists lists = FromTo(new RuleLists());
            statement = statement with { IpSources = lists.SourceHosts, IpDestinations = lists.DestinationHosts };
        }

        statement = statement with { Template = EtherOptions(statement.Template) };
        Order(StatementOrder.Ether, position);
        if (CanEnd()) _builder.Add(statement);
    }

    private ushort EtherType()
    {
        Token token = _tokens.Current;
        if (token.Kind == TokenKind.Number) return (ushort)_tokens.TakeNumber("an EtherType", 1, ushort.MaxValue);
        _tokens.TakeString("an EtherType");
        bool isHexadecimal = token.Text.StartsWith("0x", StringComparison.Ordinal);
        if (isHexadecimal && TryParseUnsigned(token.Text, out ulong number) && number is > 0 and <= ushort.MaxValue) return (ushort)number;
        _tokens.Fail(token.Position, $"invalid EtherType {token.Text}: expected 0x and up to four hexadecimal digits");
        return 0;
    }

    private ImmutableArray<MacMatch> Macs() => _tokens.TakeList<MacMatch>(items =>
    {
        bool negated = _tokens.TryTake('!');
        Token token = _tokens.TakeString("a MAC address");
        string[] parts = token.Text.Split('&');
        ulong mask = MacAddress.Broadcast.Value;
        if (_tokens.TryTake('/')) mask = MacMask((int)_tokens.TakeNumber("a number of bits", 0, 48));
        if (!MacAddress.TryParse(parts[0], out MacAddress address)) _tokens.Fail(token.Position, "invalid MAC address");
        if (parts.Length > 2 || (parts.Length == 2 && !MacAddress.TryParse(parts[1], out _)))
            _tokens.Fail(token.Position, "invalid MAC mask");
        else if (parts.Length == 2 && MacAddress.TryParse(parts[1], out MacAddress written))
            mask = written.Value;
        items.Add(new MacMatch(address, new MacAddress(mask), negated));
    });

    /// <summary>pfctl counts the bits of a mask from the least significant of each byte.</summary>
    private static ulong MacMask(int length)
    {
        ulong mask = 0;
        for (int bit = 0; bit < length; bit++)
            mask |= 1UL << (40 - bit / 8 * 8 + bit % 8);
        return mask;
    }

    private EtherRule EtherOptions(EtherRule rule)
    {
        while (!_tokens.HasFailed && !_tokens.Current.EndsStatement && !_tokens.Current.Is('}'))
        {
            bool negated = _tokens.Current.Is('!') && _tokens.Following.Is("tagged") && _tokens.TryTake('!');
            rule = _tokens.Current.Text switch
            {
                "label" when TakeWord() => rule with { Labels = rule.Labels.Add(Label(rule.Labels.Length)) },
                "ridentifier" when TakeWord() => rule with { Identifier = (uint)Number("an identifier", 0, uint.MaxValue) },
                "queue" when TakeWord() => rule with { Queue = QueueNames().Queue },
                "tag" when TakeWord() => rule with { Tag = Tag() },
                "tagged" when TakeWord() => rule with { Tagged = new TagMatch(Tag(), negated) },
                "dnpipe" or "dnqueue" => rule with { Dummynet = Dummynet() },
                _ => Unknown(_tokens.Take(), rule, "an option of the rule or its end"),
            };
        }

        return rule;
    }
}

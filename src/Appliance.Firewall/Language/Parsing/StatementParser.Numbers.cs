using System.Collections.Immutable;
using System.Globalization;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <content>Protocols, ports, users, flags, ICMP types: conditions that are numbers with names.</content>
internal sealed partial class StatementParser
{
    private delegate bool NumberName(string name, out uint number);

    /// <summary><c>proto</c> with a protocol or a list; nothing where it is missing.</summary>
    private ImmutableArray<IpProtocol> Protocols() => _tokens.TryTake("proto")
        ? _tokens.TakeList<IpProtocol>(items => items.Add(Protocol()))
        : [];

    private IpProtocol Protocol()
    {
        Token token = _tokens.Current;
        if (token.Kind == TokenKind.Number) return (IpProtocol)_tokens.TakeNumber("a protocol", 1, 255);
        _tokens.TakeString("a protocol");
        if (!ProtocolNames.TryGetNumber(token.Text, out IpProtocol protocol))
            _tokens.Fail(token.Position, $"unknown protocol {token.Text}");
        else if (protocol == 0)
            _tokens.Fail(token.Position, "proto 0 cannot be used");
        return protocol;
    }

    private ImmutableArray<PortMatch> Ports() => _tokens.TakeList<PortMatch>(items =>
    {
        MatchOperator unary = UnaryOperator();
        (ushort first, ushort last, bool isRange) = PortRange();
        if (isRange && (unary != MatchOperator.Any || BinaryOperator() != MatchOperator.Any))
            _tokens.Fail(_tokens.Position, "':' cannot be used with an other port operator");
        if (isRange) items.Add(new PortMatch(MatchOperator.Range, first, last));
        else if (unary != MatchOperator.Any) items.Add(new PortMatch(unary, first));
        else if (BinaryOperator() is var binary && binary == MatchOperator.Any) items.Add(new PortMatch(MatchOperator.Equal, first));
        else
        {
            _tokens.Take();
            (ushort second, _, bool isSecondRange) = PortRange();
            if (isSecondRange) _tokens.Fail(_tokens.Position, "':' cannot be used with an other port operator");
            items.Add(new PortMatch(binary, first, second));
        }
    });

    private MatchOperator UnaryOperator()
    {
        if (_tokens.TryTake('=')) return MatchOperator.Equal;
        if (_tokens.TryTake('!'))
        {
            _tokens.Expect('=', "behind '!'");
            return MatchOperator.NotEqual;
        }

        if (_tokens.TryTake('<')) return _tokens.TryTake('=') ? MatchOperator.LessOrEqual : MatchOperator.Less;
        if (!_tokens.TryTake('>')) return MatchOperator.Any;
        return _tokens.TryTake('=') ? MatchOperator.GreaterOrEqual : MatchOperator.Greater;
    }

    /// <summary>The operator between two ports, not taken.</summary>
    private MatchOperator BinaryOperator()
    {
        if (_tokens.Current.Is("><")) return MatchOperator.Inside;
        return _tokens.Current.Is("<>") ? MatchOperator.Outside : MatchOperator.Any;
    }

    /// <summary>A port, or two with a colon between them.</summary>
    private (ushort First, ushort Last, bool IsRange) PortRange()
    {
        Token token = _tokens.TakeText("a port");
        if (_tokens.HasFailed) return default;
        int colon = token.Text.IndexOf(':');
        if (colon < 0) return (Port(token.Text, token.Position), 0, false);
        ushort first = Port(token.Text[..colon], token.Position);
        ushort last = Port(token.Text[(colon + 1)..], token.Position);
        if (first > last) _tokens.Fail(token.Position, $"invalid port range: {first} is above {last}");
        return first == last ? (first, (ushort)0, false) : (first, last, true);
    }

    /// <summary>A port by number or by a service's name.</summary>
    private ushort Port(string text, SourcePosition position)
    {
        if (TryParseUnsigned(text, out ulong number))
        {
            if (number > ushort.MaxValue) _tokens.Fail(position, $"illegal port value {text}: expected at most {ushort.MaxValue}");
            return (ushort)number;
        }

        if (!ServiceNames.TryGetPort(text, out ushort port)) _tokens.Fail(position, $"unknown port {text}");
        return port;
    }

    /// <summary>Reads decimal, <c>0x</c> hexadecimal and <c>0</c> octal numbers, as <c>strtoul(3)</c> does.</summary>
    private static bool TryParseUnsigned(string text, out ulong number)
    {
        number = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
        if (text.Length < 2 || text[0] != '0')
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || number > ulong.MaxValue >> 3) return false;
            number = (number << 3) | (uint)(digit - '0');
        }

        return true;
    }

    /// <summary>A number, be it written as a text.</summary>
    private long Number(string what, long minimum, long maximum)
    {
        Token token = _tokens.Current;
        if (!token.IsString || !TryParseUnsigned(token.Text, out ulong number) || number > (ulong)maximum || (long)number < minimum)
            return _tokens.TakeNumber(what, minimum, maximum);
        _tokens.Take();
        return (long)number;
    }

    private ImmutableArray<IdMatch> Ids(string what, NumberName find) => _tokens.TakeList<IdMatch>(items =>
    {
        MatchOperator unary = UnaryOperator();
        uint first = Id(what, find);
        MatchOperator binary = unary == MatchOperator.Any ? BinaryOperator() : MatchOperator.Any;
        if (binary == MatchOperator.Any)
        {
            MatchOperator comparison = unary == MatchOperator.Any ? MatchOperator.Equal : unary;
            if (first == IdMatch.Unknown && comparison is not (MatchOperator.Equal or MatchOperator.NotEqual))
                _tokens.Fail(_tokens.Position, $"{what} unknown requires operator = or !=");
            items.Add(new IdMatch(comparison, first, first));
            return;
        }

        _tokens.Take();
        uint second = Id(what, find);
        if (first == IdMatch.Unknown || second == IdMatch.Unknown)
            _tokens.Fail(_tokens.Position, $"{what} unknown requires operator = or !=");
        items.Add(new IdMatch(binary, first, second));
    });

    private uint Id(string what, NumberName find)
    {
        Token token = _tokens.Current;
        if (token.Kind == TokenKind.Number) return (uint)_tokens.TakeNumber($"a {what}", 0, IdMatch.Unknown - 1);
        _tokens.TakeString($"a {what}");
        if (token.Text == "unknown") return IdMatch.Unknown;
        if (!find(token.Text, out uint number)) _tokens.Fail(token.Position, $"unknown {what} {token.Text}");
        return number;
    }

    /// <summary>What stands behind <c>flags</c>.</summary>
    private TcpFlagsMatch Flags()
    {
        if (_tokens.TryTake("any")) return default;
        byte set = _tokens.Current.Is('/') ? (byte)0 : FlagLetters();
        _tokens.Expect('/', "between the flags that are set and those that are looked at");
        byte mask = FlagLetters();
        if ((set & mask) != set) _tokens.Fail(_tokens.Position, "flags always false");
        return new TcpFlagsMatch(set, mask);
    }

    private byte FlagLetters()
    {
        Token token = _tokens.TakeString("flags, letters of FSRPAUEW");
        int flags = 0;
        foreach (char letter in token.Text)
        {
            int bit = RuleText.FlagLetters.IndexOf(letter);
            if (bit < 0) _tokens.Fail(token.Position, $"bad flags {token.Text}: expected letters of {RuleText.FlagLetters}");
            else flags |= 1 << bit;
        }

        return (byte)flags;
    }

    /// <summary>What stands behind <c>icmp-type</c> or <c>icmp6-type</c>.</summary>
    private ImmutableArray<IcmpTypeOption> IcmpTypes(bool isV6) => _tokens.TakeList<IcmpTypeOption>(items =>
    {
        string word = isV6 ? "icmp6" : "icmp";
        IpProtocol protocol = isV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp;
        Token token = _tokens.Current;
        byte type = 0;
        if (token.Kind == TokenKind.Number) type = (byte)_tokens.TakeNumber($"an {word}-type", 0, 255);
        else if (!IcmpNames.TryGetType(_tokens.TakeString($"an {word}-type").Text, isV6, out type))
            _tokens.Fail(token.Position, $"unknown {word}-type {token.Text}");
        items.Add(new IcmpTypeOption(protocol, type, _tokens.TryTake("code") ? IcmpCode(type, isV6) : null));
    });

    private byte IcmpCode(byte type, bool isV6)
    {
        Token token = _tokens.Current;
        if (token.Kind == TokenKind.Number) return (byte)_tokens.TakeNumber("an icmp-code", 0, 255);
        _tokens.TakeString("an icmp-code");
        if (TryParseUnsigned(token.Text, out ulong number) && number <= byte.MaxValue) return (byte)number;
        if (!IcmpNames.TryGetCode(token.Text, type, isV6, out byte code))
            _tokens.Fail(token.Position, $"unknown {(isV6 ? "icmp6" : "icmp")}-code {token.Text}");
        return code;
    }

    private byte Tos()
    {
        Token token = _tokens.Current;
        if (token.Kind == TokenKind.Number) return (byte)_tokens.TakeNumber("a tos value", 0, 255);
        _tokens.TakeString("a tos value");
        if (TosNames.TryGetValue(token.Text, out byte value)) return value;
        bool isHexadecimal = token.Text.StartsWith("0x", StringComparison.Ordinal);
        if (isHexadecimal && TryParseUnsigned(token.Text, out ulong number) && number <= byte.MaxValue) return (byte)number;
        _tokens.Fail(token.Position, $"illegal tos value {token.Text}");
        return 0;
    }

    /// <summary>What stands behind <c>probability</c>, as the threshold of 2^32 that pf keeps; never 0.</summary>
    private uint Probability()
    {
        Token token = _tokens.TakeText("a probability");
        bool isPercent = token.Text.EndsWith('%');
        string digits = isPercent ? token.Text[..^1] : token.Text;
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        bool isNumber = double.TryParse(digits, Style, CultureInfo.InvariantCulture, out double value);
        double threshold = Math.Floor((isPercent ? value * 0.01 : value) * uint.MaxValue + 0.5);
        if (!isNumber || !(threshold >= 0 && threshold <= uint.MaxValue))
        {
            _tokens.Fail(token.Position, $"invalid probability: {token.Text}: expected 0 to 1 or 0% to 100%");
            return 1;
        }

        return Math.Max(1, (uint)threshold);
    }
}

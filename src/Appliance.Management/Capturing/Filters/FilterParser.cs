using System.Globalization;
using Appliance.Firewall.Language;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Management;

/// <summary>The text of a filter → its question. The first thing that is wrong ends it.</summary>
internal sealed class FilterParser(string text)
{
    /// <summary>Parentheses within one another, at most.</summary>
    private const int MostDepth = 32;

    private readonly FilterTokens _tokens = new(text);
    private FilterQualifiers _last;                 // what a value that stands alone behind 'or' takes over
    private string _error = "";
    private int _depth;

    public bool TryParse(out FrameProbe probe, out string error)
    {
        probe = _tokens.IsAtEnd ? FilterProbes.Nothing : Expression();
        if (_error.Length == 0 && !_tokens.IsAtEnd) Fail("expected 'and' or 'or'");
        error = _error;
        return error.Length == 0;
    }

    private FrameProbe Expression()
    {
        FrameProbe first = Factor();
        var others = new List<(bool IsOr, FrameProbe Probe)>();
        while (_error.Length == 0 && !_tokens.IsAtEnd && _tokens.Current != ")")
        {
            bool isOr = _tokens.Take("or", "||");
            if (!isOr) _tokens.Take("and", "&&");
            others.Add((isOr, Factor()));
        }

        return others.Count == 0 ? first : FilterProbes.InTurn(first, [.. others]);
    }

    private FrameProbe Factor()
    {
        if (++_depth > MostDepth) return Fail("too many parentheses and 'not' within one another");
        try
        {
            if (_tokens.Take("not", "!")) return FilterProbes.Not(Factor());
            if (!_tokens.Take("(")) return Primitive();
            FrameProbe inner = Expression();
            return _error.Length > 0 || _tokens.Take(")") ? inner : Fail("expected ')'");
        }
        finally
        {
            _depth--;
        }
    }

    private FrameProbe Primitive()
    {
        if (_tokens.Take("vlan")) return FilterProbes.WithVlan(_tokens.TryTakeNumber(4095, out int id) ? id : null);
        if (_tokens.Take("broadcast")) return FilterProbes.Broadcast;
        if (_tokens.Take("multicast")) return FilterProbes.Multicast;
        if (_tokens.Take("less")) return Number(out int most, "a length") ? FilterProbes.OfLength(0, most) : FilterProbes.Nothing;
        if (_tokens.Take("greater"))
            return Number(out int least, "a length") ? FilterProbes.OfLength(least, int.MaxValue) : FilterProbes.Nothing;

        FrameProbe protocol = FilterProbes.Nothing;
        string? name = null;
        if (_tokens.Current is { } word && FilterProbes.OfProtocol(word) is { } known)
        {
            (protocol, name) = (known, word);
            _tokens.Take(word);
        }

        FilterSide side = Side();
        string? kind = Kind();
        bool isAlone = side == FilterSide.Either && kind is null;
        if (name is not null && isAlone && !LooksLikeValue()) return protocol;
        var qualifiers = new FilterQualifiers(name, side, kind);
        if (name is null && isAlone) qualifiers = _last;
        else _last = qualifiers;
        if (name is null && qualifiers.Protocol is { } again) protocol = FilterProbes.OfProtocol(again)!;
        return FilterProbes.And(protocol, Value(qualifiers));
    }

    private FilterSide Side()
    {
        bool isSource = _tokens.Take("src"), isDestination = !isSource && _tokens.Take("dst");
        if (!isSource && !isDestination) return FilterSide.Either;
        string other = isSource ? "dst" : "src";
        if (_tokens.TakePair("or", other)) return FilterSide.Either;
        if (_tokens.TakePair("and", other)) return FilterSide.Both;
        return isSource ? FilterSide.Source : FilterSide.Destination;
    }

    private string? Kind() => _tokens.Current is "host" or "net" or "port" or "portrange" or "proto" ? _tokens.TakeAny() : null;

    private bool LooksLikeValue() => _tokens.Current is { } word && (char.IsAsciiHexDigit(word[0]) || word[0] == ':')
        && word is not ("and" or "arp" or "broadcast" or "dst" or "ether");

    private FrameProbe Value(FilterQualifiers qualifiers)
    {
        if (_tokens.IsAtEnd) return Fail("expected an address, a network or a port");
        string word = _tokens.Current!;
        FrameProbe? probe = qualifiers switch
        {
            { Protocol: "ether", Kind: null or "host" } => MacAddress.TryParse(word, out MacAddress mac) ? Mac(mac, qualifiers.Side) : null,
            { Kind: "port" } => Port(word, out int port) ? FilterProbes.WithPort(port, port, qualifiers.Side) : null,
            { Kind: "portrange" } => Range(word, qualifiers.Side),
            { Kind: "proto" } => Protocol(word) is { } number ? FilterProbes.WithProtocol(number) : null,
            { Kind: "net" } => Net(word, qualifiers.Side),
            _ => Host(word, qualifiers.Side),
        };
        if (probe is null)
        {
            return Fail($"'{word}' is {(qualifiers.Kind is { } kind ? $"no {kind}" : "no address, network or word of a filter")}"
                + " (names are not looked up)");
        }

        _tokens.TakeAny();
        return probe;
    }

    private static FrameProbe Mac(MacAddress mac, FilterSide side)
    {
        var bytes = new byte[MacAddress.Length];
        mac.WriteTo(bytes);
        return FilterProbes.WithMac(bytes, side);
    }

    private static FrameProbe? Host(string word, FilterSide side) => IpAddress.TryParse(word, out IpAddress address)
        ? FilterProbes.InNet(new IpPrefix(address, address.BitLength), side)
        : word.Contains('/', StringComparison.Ordinal) ? Net(word, side) : null;

    private static FrameProbe? Net(string word, FilterSide side) =>
        IpPrefix.TryParse(word, out IpPrefix net) ? FilterProbes.InNet(net, side)
            : IpAddress.TryParse(word, out IpAddress address) ? FilterProbes.InNet(new IpPrefix(address, address.BitLength), side) : null;

    private static FrameProbe? Range(string word, FilterSide side)
    {
        int dash = word.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && Port(word[..dash], out int first) && Port(word[(dash + 1)..], out int last) && first <= last
            ? FilterProbes.WithPort(first, last, side)
            : null;
    }

    private static bool Port(string word, out int port)
    {
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out port)) return port <= ushort.MaxValue;
        bool isKnown = ServiceNames.TryGetPort(word, out ushort known);
        port = known;
        return isKnown;
    }

    private static byte? Protocol(string word) =>
        byte.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number
            : ProtocolNames.TryGetNumber(word, out IpProtocol known) ? (byte)known : null;

    private bool Number(out int number, string what)
    {
        if (_tokens.TryTakeNumber(1 << 20, out number)) return true;
        Fail($"expected {what}");
        return false;
    }

    private FrameProbe Fail(string message)
    {
        if (_error.Length == 0) _error = string.Create(CultureInfo.InvariantCulture, $"column {_tokens.Column}: {message}");
        _tokens.Stop();
        return FilterProbes.Nothing;
    }
}

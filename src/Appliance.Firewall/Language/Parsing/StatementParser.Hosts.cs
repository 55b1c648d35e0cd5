using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <content>Addresses, and what stands between <c>from</c> and the options.</content>
internal sealed partial class StatementParser
{
    private const string HostExpected = "an address, a network, an interface, (interface), <table>, any, no-route or urpf-failed";

    /// <summary><c>all</c>, or <c>from … to …</c>, either half of which may be missing.</summary>
    private RuleLists FromTo(RuleLists lists)
    {
        if (_tokens.TryTake("all")) return lists;
        if (_tokens.TryTake("from"))
        {
            (ImmutableArray<PfHost> hosts, ImmutableArray<PortMatch> ports) = HostsAndPorts();
            lists = lists with { SourceHosts = hosts, SourcePorts = ports };
        }

        if (_tokens.TryTake("os"))
        {
            lists = lists with
            {
                OperatingSystems = _tokens.TakeList<string>(items => items.Add(_tokens.TakeString("the name of an operating system").Text)),
            };
        }

        if (!_tokens.TryTake("to")) return lists;
        (ImmutableArray<PfHost> targets, ImmutableArray<PortMatch> targetPorts) = HostsAndPorts();
        if (targets.FirstOrDefault(host => host.Kind == HostKind.UrpfFailed) is { } failed)
            _tokens.Fail(failed.Position, "\"urpf-failed\" is not permitted in a destination address");
        return lists with { DestinationHosts = targets, DestinationPorts = targetPorts };
    }

    private (ImmutableArray<PfHost> Hosts, ImmutableArray<PortMatch> Ports) HostsAndPorts()
    {
        ImmutableArray<PfHost> hosts = _tokens.Current.Is("port") ? [] : Hosts();
        return (hosts, _tokens.TryTake("port") ? Ports() : []);
    }

    /// <summary>A host or a list; <c>any</c> adds nothing, so that a list with others has those alone, as in pfctl.</summary>
    private ImmutableArray<PfHost> Hosts() => _tokens.TakeList<PfHost>(items =>
    {
        if (!_tokens.TryTake("any")) HostItem(items);
    });

    private void HostItem(ImmutableArray<PfHost>.Builder items)
    {
        bool negated = _tokens.TryTake('!');
        SourcePosition position = _tokens.Position;
        if (_tokens.TryTake("no-route"))
            items.Add(new PfHost { Kind = HostKind.NoRoute, Negated = negated, Position = position });
        else if (_tokens.TryTake("urpf-failed"))
            items.Add(new PfHost { Kind = HostKind.UrpfFailed, Negated = negated, Position = position });
        else
            items.AddRange(Host().Select(host => host with { Negated = negated }));
    }

    /// <summary>One address as written, which may stand for several: a name has all addresses of its interface.</summary>
    private ImmutableArray<PfHost> Host()
    {
        SourcePosition position = _tokens.Position;
        if (_tokens.TryTake('(')) return Single(DynamicInterface(position));
        if (_tokens.TryTake('<'))
        {
            string table = TableName();
            _tokens.Expect('>', "behind the table's name");
            return Single(new PfHost { Kind = HostKind.Table, Name = table, Position = position });
        }

        if (_tokens.Current.Kind == TokenKind.Number && !_tokens.Following.Is('/')) _tokens.FailExpecting(HostExpected);
        Token first = _tokens.TakeText(HostExpected);
        if (_tokens.Current.Is('-') && first.Kind != TokenKind.Number) return Single(Range(first));
        int? length = _tokens.TryTake('/') ? (int)_tokens.TakeNumber("a number of bits", 0, 128) : null;
        return _tokens.HasFailed ? [] : Find(first, length);
    }

    private ImmutableArray<PfHost> Find(Token name, int? length)
    {
        ImmutableArray<PfHost>? hosts = _hostNames.Find(name.Text, length, name.Position, out string reason);
        if (hosts is null) _tokens.Fail(name.Position, $"could not parse host specification: {reason}");
        return hosts ?? [];
    }

    private PfHost Range(Token first)
    {
        _tokens.Take();
        Token last = _tokens.TakeString("the last address of the range");
        if (_tokens.HasFailed) return PfHost.Any;
        ImmutableArray<PfHost> from = Find(first, null);
        ImmutableArray<PfHost> to = Find(last, null);
        if (from.Length == 1 && to.Length == 1 && from[0].Family == to[0].Family)
            return from[0] with { Kind = HostKind.Range, Last = to[0].First };
        _tokens.Fail(first.Position, "invalid address range: expected two addresses of one family");
        return PfHost.Any;
    }

    /// <summary>What stands behind <c>(</c>, with the length behind <c>)</c>.</summary>
    private PfHost DynamicInterface(SourcePosition position)
    {
        Token token = _tokens.TakeString("the name of an interface");
        _tokens.Expect(')', "behind the interface");
        int length = _tokens.TryTake('/') ? (int)_tokens.TakeNumber("a number of bits", 0, 128) : 128;
        if (_tokens.HasFailed) return PfHost.Any;
        if (!HostNames.TrySplit(token.Text, out string name, out InterfaceModifiers modifiers, out string reason))
            _tokens.Fail(token.Position, reason);
        else if (name.Length == 0 || !char.IsAsciiLetter(name[0]))
            _tokens.Fail(token.Position, $"invalid interface name '{name}': expected a letter first");
        else
            CheckInterfaceName(name, token.Position);
        return new PfHost
        {
            Kind = HostKind.Interface,
            Name = name,
            Modifiers = modifiers,
            PrefixLength = length,
            Position = position,
        };
    }

    private string TableName()
    {
        Token name = _tokens.TakeString("the name of a table");
        if (name.Text.Length > PfLimits.TableName)
            _tokens.Fail(name.Position, $"table name too long, max {PfLimits.TableName} chars");
        return name.Text;
    }

    private void CheckInterfaceName(string name, SourcePosition position)
    {
        if (name.Length > _interfaces.MaximumNameLength)
            _tokens.Fail(position, $"interface name too long, max {_interfaces.MaximumNameLength} chars");
    }

    /// <summary><c>on</c> with an interface or a list; nothing where it is missing.</summary>
    private ImmutableArray<PfInterface> Interfaces() => _tokens.TryTake("on") ? InterfaceList() : [];

    private ImmutableArray<PfInterface> InterfaceList() => _tokens.TakeList<PfInterface>(items =>
    {
        bool negated = _tokens.TryTake('!');
        items.Add(Interface(negated));
    });

    private PfInterface Interface(bool negated)
    {
        Token name = _tokens.TakeString("the name of an interface or group");
        CheckInterfaceName(name.Text, name.Position);
        return new PfInterface(name.Text, negated, name.Position);
    }

    private AddressFamily Family()
    {
        if (_tokens.TryTake("inet")) return AddressFamily.Inet;
        return _tokens.TryTake("inet6") ? AddressFamily.Inet6 : AddressFamily.Unspecified;
    }
}

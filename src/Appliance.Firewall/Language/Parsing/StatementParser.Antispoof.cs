using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <content>antispoof, which stands for block rules.</content>
internal sealed partial class StatementParser
{
    private void AntispoofStatement()
    {
        SourcePosition position = _tokens.Take().Position;
        PfRule rule = LogAndQuick(new PfRule { Position = position, Action = PfAction.Block, Direction = RuleDirection.In });
        _tokens.Expect("for", "and an interface");
        ImmutableArray<(PfInterface Interface, bool IsDynamic)> interfaces = _tokens.TakeList<(PfInterface, bool)>(items =>
        {
            bool isDynamic = _tokens.TryTake('(');
            PfInterface item = Interface(negated: false);
            if (isDynamic) _tokens.Expect(')', "behind the interface");
            items.Add((item, isDynamic));
        });
        rule = rule with { Family = Family() };
        while (!_tokens.HasFailed && (_tokens.Current.Is("label") || _tokens.Current.Is("rtable") || _tokens.Current.Is("ridentifier")))
        {
            rule = _tokens.Take().Text switch
            {
                "label" => rule with { Labels = rule.Labels.Add(Label(rule.Labels.Length)) },
                "ridentifier" => rule with { Identifier = (uint)Number("an identifier", 0, uint.MaxValue) },
                _ => rule with { RoutingTable = RoutingTable() },
            };
        }

        Order(StatementOrder.Filter, position);
        if (!CanEnd()) return;
        foreach ((PfInterface item, bool isDynamic) in interfaces)
            Antispoof(rule, item, isDynamic);
    }

    /// <summary>What has an address of the interface's networks comes by it alone; what has its own address comes by none.</summary>
    private void Antispoof(PfRule rule, PfInterface item, bool isDynamic)
    {
        ImmutableArray<PfHost> networks = AddressesOf(item, InterfaceModifiers.Network, isDynamic);
        if (!networks.IsEmpty)
        {
            _builder.Add(new RuleStatement(rule, new RuleLists
            {
                Interfaces = [item with { Negated = true }],
                SourceHosts = networks,
            }));
        }

        if (_interfaces.IsLoopback(item.Name)) return;
        ImmutableArray<PfHost> own = AddressesOf(item, InterfaceModifiers.None, isDynamic);
        if (!own.IsEmpty) _builder.Add(new RuleStatement(rule, new RuleLists { SourceHosts = own }));
    }

    private ImmutableArray<PfHost> AddressesOf(PfInterface item, InterfaceModifiers modifiers, bool isDynamic) => isDynamic
        ? [new PfHost
            {
                Kind = HostKind.Interface, Name = item.Name, Modifiers = modifiers, PrefixLength = 128, Position = item.Position,
            }]
        : _hostNames.OfInterface(item.Name, modifiers, null, item.Position);
}

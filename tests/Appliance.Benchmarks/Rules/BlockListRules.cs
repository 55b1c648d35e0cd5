using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rules;

/// <summary>
/// A list of bad networks as rules instead of a table, one block quick each, from /12 to single addresses; behind it a few services that
/// all may reach. A connection from elsewhere passes all of them.
/// </summary>
internal sealed class BlockListRules : RuleShape
{
    private const int ServiceRules = 6;

    public BlockListRules(int count, int seed)
        : base(seed)
    {
        Add(Next() with { Action = RuleAction.Block });
        Add(Next() with { Direction = RuleDirection.Out, State = StatePolicy.Keep });
        while (Count < count - ServiceRules)
            Add(Next() with { Action = RuleAction.Block, Quick = true, Direction = RuleDirection.In, Interfaces = PortSet.Of(0),
                Source = AddressMatch.Of(OutsidePrefix(Chance(5) ? 12 : 20)) });
        while (Count < count)
            Add(Next() with { Quick = true, Direction = RuleDirection.In, Interfaces = PortSet.Of(0), Protocol = IpProtocol.Tcp,
                Destination = Host(1), DestinationPort = new PortMatch(MatchOperator.Equal, Service()), State = StatePolicy.Keep });
    }

    public override string Name => "block list";
}

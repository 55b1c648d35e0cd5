using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The ways that route-to and reply-to have given to flows, numbered for frames and states. One for all workers; a number means the same
/// as long as the appliance runs, whatever ruleset it came from. Written when a state is made and its way is new, which is rare: each is
/// looked for one by one, and noted under a claim of a few instructions.
/// </summary>
public sealed class FlowWays : IFlowWays
{
    /// <summary>Different ways, since the start; what asks for one more is refused.</summary>
    public const int MaxWays = 4096;

    private readonly RouteChoice[] _ways = new RouteChoice[MaxWays];
    private readonly SetClaims _claims = new(1);
    private int _count;

    public ushort Find(ushort way, out UInt128 nextHop)
    {
        RouteChoice choice = _ways[way - 1];
        nextHop = choice.NextHop;
        return choice.Port;
    }

    /// <summary>The number of a way, from 1. False: there is no room for another one.</summary>
    public bool TryNumber(in RouteChoice way, out ushort number)
    {
        if (TryFind(way, Volatile.Read(ref _count), out number)) return true;
        if (!_claims.TryEnter(0)) return false;
        bool isNumbered = TryFind(way, _count, out number) || TryAdd(way, out number);
        _claims.Leave(0);
        return isNumbered;
    }

    private bool TryFind(in RouteChoice way, int count, out ushort number)
    {
        for (int i = 0; i < count; i++)
        {
            if (_ways[i] != way) continue;
            number = (ushort)(i + 1);
            return true;
        }

        number = 0;
        return false;
    }

    private bool TryAdd(in RouteChoice way, out ushort number)
    {
        number = 0;
        if (_count == MaxWays) return false;
        _ways[_count] = way;
        number = (ushort)(_count + 1);
        Volatile.Write(ref _count, number);
        return true;
    }
}

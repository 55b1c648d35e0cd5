using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>Ends connections. Those that begin while it goes on may be among them or not.</summary>
public sealed class StateKill : StateRequest
{
    private readonly StateSelector _selector;

    internal StateKill(StateSelector selector) => _selector = selector;

    /// <summary>States that were ended: two for a connection that passed through the appliance.</summary>
    public long Killed { get; private set; }

    internal override int Look(StateLetter letter, int from)
    {
        int next = letter.Shard.KillStates(from, StepsOfBreath, _selector, out int killed);
        letter.Count = killed;
        return next;
    }

    internal override void Take(StateLetter letter, MonotonicTime now)
    {
        Killed += letter.Count;
        letter.Count = 0;
    }

    /// <summary>Whoever was killed stays so.</summary>
    internal override void Forget()
    {
    }
}

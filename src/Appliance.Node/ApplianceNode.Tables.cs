using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <content>The tables of its ruleset, which are edited beside the data path, and shared with a peer there.</content>
public sealed partial class ApplianceNode
{
    /// <summary>The ruleset's tables, to be looked at and edited; by the thread that calls <see cref="Tend"/>.</summary>
    public TableControl Tables { get; }

    /// <summary>What was edited in them, over what the ruleset says; by the thread that calls <see cref="Tend"/>.</summary>
    internal TableLedger TableLedger { get; } = new();

    /// <summary>How that is shared with the peer; null: it is not. Written by the thread that calls <see cref="Tend"/>.</summary>
    internal TableBreath? TableSync { get; set; }

    /// <summary>Answers how much goes on at once.</summary>
    private int ShareTables(MonotonicTime now)
    {
        if (TableSync is not { } sync) return 0;
        int done = sync.Begin(now);
        sync.End();
        return done;
    }
}

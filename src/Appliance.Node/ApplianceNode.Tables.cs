using System.Collections.Immutable;
using System.Runtime.InteropServices;
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

    /// <summary>
    /// How that, and what else is no flow, is shared with the peer; none: it is not. Written by the thread that calls <see cref="Tend"/>.
    /// </summary>
    internal ImmutableArray<BesideBreath> SyncBeside
    {
        get => ImmutableCollectionsMarshal.AsImmutableArray(Volatile.Read(ref _syncBeside));
        set => Volatile.Write(ref _syncBeside, ImmutableCollectionsMarshal.AsArray(value)!);
    }

    private BesideBreath[] _syncBeside = [];

    private bool IsSyncing
    {
        get
        {
            foreach (BesideBreath beside in _syncBeside)
            {
                if (beside.HasWork) return true;
            }

            return false;
        }
    }

    /// <summary>Answers how much goes on at once.</summary>
    private int ShareBeside(MonotonicTime now)
    {
        int done = 0;
        foreach (BesideBreath beside in _syncBeside)
        {
            done += beside.Begin(now);
            beside.End();
        }

        return done;
    }
}

using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>With whom, and how, a worker's states are shared.</summary>
/// <param name="Journal">Of the worker.</param>
/// <param name="Key">Of the pair's digests: the same on both appliances.</param>
/// <param name="Creator">
/// Of this life of this appliance, as likely as can be no other's: it is in the ids of the states that are made from here on.
/// </param>
public sealed record FlowSync(IFlowJournal Journal, KeyedRandom Key, ushort Creator)
{
    /// <summary>The first frames of new flows wait until the peer has acknowledged their states; null: they do not.</summary>
    public IFlowReceipts? Receipts { get; init; }

    /// <summary>And so long at most.</summary>
    public long PatienceNanoseconds { get; init; }
}

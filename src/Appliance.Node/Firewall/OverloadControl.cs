using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// Writes sources that went over a rule's limit into the rule's <c>overload</c> table, and has their states killed where it says
/// <c>flush</c>: the one writer of what workers only tell. Called by the thread that tends the node.
/// </summary>
internal sealed class OverloadControl(
    ImmutableArray<Worker> workers, ImmutableArray<FirewallShard> shards, StateLimits limits, Func<TableSet> tables)
{
    /// <summary>Sources whose states wait to be killed. Of what is more than that the table knows, and the states live on.</summary>
    public const int MaxWaiting = 1 << 16;

    private readonly Queue<FlushOrder> _waiting = [];
    private FlushRound? _round;
    private int _posted;                                                // workers that have the round

    /// <summary>Whether there is anything to do.</summary>
    public bool IsBusy => _waiting.Count > 0 || _round is { IsDone: false } || HasNews;

    /// <summary>Whether a worker has told of a source since the last <see cref="Tend"/>; from any thread.</summary>
    public bool HasNews
    {
        get
        {
            foreach (FirewallShard shard in shards)
            {
                if (shard.Overloads.Count > 0) return true;
            }

            return false;
        }
    }

    /// <summary>Entries that a table had no room for, and orders that found too many waiting.</summary>
    public long Lost { get; private set; }

    public void Tend(MonotonicTime now)
    {
        foreach (FirewallShard shard in shards)
        {
            for (int taken = 0; taken < shard.Overloads.Capacity && shard.Overloads.TryPeek(out OverloadEvent overload); taken++)
            {
                shard.Overloads.RemoveFirst();
                Write(overload);
            }
        }

        if (_round is null or { IsDone: true } && _waiting.Count > 0) Begin(now);
        if (_round is { IsDone: false }) Post(_round);
    }

    /// <summary>By the rule as it is now: a reload may have given it another table, or none.</summary>
    private void Write(in OverloadEvent overload)
    {
        if (limits.RuleOf(overload.Account)?.Policy is not { Overload: { } table } policy) return;
        IpAddress address = overload.Address;
        if (table.Add(new TableEntry(new IpPrefix(address, address.BitLength))).IsRefused) Lost++;
        tables().Announce();
        if (policy.Flush == OverloadFlush.None) return;
        if (_waiting.Count < MaxWaiting) _waiting.Enqueue(new FlushOrder(overload, policy.Flush == OverloadFlush.Global));
        else Lost++;
    }

    private void Begin(MonotonicTime now)
    {
        var orders = ImmutableArray.CreateBuilder<FlushOrder>();
        while (orders.Count < FlushRound.MaxOrders && _waiting.TryDequeue(out FlushOrder order)) orders.Add(order);
        _round = new FlushRound(orders.ToImmutable(), now, workers.Length, earlier: _round);
        _posted = 0;
    }

    /// <summary>A worker whose mail is full gets it the next time.</summary>
    private void Post(FlushRound round)
    {
        while (_posted < workers.Length && workers[_posted].TryPost(new FlushLetter(round, shards[_posted]))) _posted++;
    }

    private sealed class FlushLetter(FlushRound round, FirewallShard shard) : IWorkerMail
    {
        public void Deliver(Worker worker) => shard.Begin(round);
    }
}

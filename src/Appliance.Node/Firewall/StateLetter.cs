using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>Carries a <see cref="StateRequest"/> to one worker and back. It belongs to whoever has it.</summary>
internal sealed class StateLetter(StateRequest request, FirewallShard shard) : IWorkerMail
{
    private int _next;
    private bool _isAway;

    public FirewallShard Shard => shard;

    /// <summary>States that were copied, for requests that read them; made at the first need, by the reader.</summary>
    public FlowRecord[] States { get; set; } = [];

    /// <summary>States that this journey was about: copied, or killed.</summary>
    public int Count { get; set; }

    public bool IsAway => Volatile.Read(ref _isAway);

    /// <summary>Whether the worker has seen all of its states.</summary>
    public bool HasEnded => _next == FlowTable.AllVisited;

    /// <summary>A worker whose mail is full gets it the next time.</summary>
    public void TrySend(Worker worker)
    {
        Count = 0;
        _isAway = true;
        if (!worker.TryPost(this)) _isAway = false;
    }

    public void Deliver(Worker worker)
    {
        _next = request.Look(this, _next);
        Volatile.Write(ref _isAway, false);
    }
}

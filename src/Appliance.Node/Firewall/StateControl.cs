using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>
/// Carries out requests about states, one after another. While one goes on no bucket moves, so that no state is on its way and unseen; when
/// the key changes meanwhile, it begins anew.
/// </summary>
internal sealed class StateControl(ImmutableArray<Worker> workers, ImmutableArray<FirewallShard> shards, SteeringControl steering)
{
    private readonly Queue<StateRequest> _waiting = [];
    private StateRequest? _current;
    private uint _steeringAtBegin;

    /// <summary>Whether the node is to be tended at once.</summary>
    public bool IsBusy => _current is { IsBlocked: false } || (_current is null && _waiting.Count > 0);

    public T Add<T>(T request) where T : StateRequest
    {
        _waiting.Enqueue(request);
        return request;
    }

    public void Tend(MonotonicTime now)
    {
        if (_current is null && !_waiting.TryDequeue(out _current)) return;
        if (!steering.IsHeld || steering.Number != _steeringAtBegin)
        {
            steering.IsHeld = true;
            if (!steering.IsSettled || !_current.IsBack) return;
            _steeringAtBegin = steering.Number;
            _current.Begin(shards, now);
        }

        if (!_current.TryFinish(workers, now)) return;
        _current.End();
        _current = null;
        steering.IsHeld = false;
    }
}

using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>
/// Carries out requests about states, one after another; whoever does not take off what was found gives way to the others meanwhile. While
/// one goes on no bucket moves, so that no state is on its way and unseen; when the key changes meanwhile, it begins anew.
/// </summary>
internal sealed class StateControl(ImmutableArray<Worker> workers, ImmutableArray<FirewallShard> shards, SteeringControl steering)
{
    private readonly List<StateRequest> _waiting = [];                  // those that gave way behind those that came since
    private StateRequest? _current;

    /// <summary>Whether the node is to be tended at once.</summary>
    public bool IsBusy => _current is { IsBlocked: false } || NextReady() >= 0;

    public T Add<T>(T request) where T : StateRequest
    {
        _waiting.Add(request);
        return request;
    }

    public void Tend(MonotonicTime now)
    {
        for (int turns = _waiting.Count + 1; turns > 0 && TakeNext() && IsOver(_current!, now); turns--)
        {
        }
    }

    /// <summary>Whether another has its turn at once.</summary>
    private bool IsOver(StateRequest current, MonotonicTime now)
    {
        if (current.BeganUnder != steering.Number)
        {
            steering.IsHeld = true;
            if (!steering.IsSettled || !current.IsBack) return false;
            current.BeganUnder = steering.Number;
            current.Begin(shards, now);
        }

        if (!current.TryFinish(workers, now)) return current.IsBlocked;
        current.End();
        _current = null;
        steering.IsHeld = _waiting.Exists(request => request.BeganUnder is not null);
        return true;
    }

    /// <summary>False: there is none to go on with.</summary>
    private bool TakeNext()
    {
        if (_current is { IsBlocked: false }) return true;
        int next = NextReady();
        if (next < 0) return false;
        if (_current is not null) _waiting.Add(_current);
        _current = _waiting[next];
        _waiting.RemoveAt(next);
        return true;
    }

    private int NextReady() => _waiting.Count == 0 ? -1 : _waiting.FindIndex(request => !request.IsBlocked);
}

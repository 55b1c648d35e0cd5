namespace Appliance.Failover;

/// <summary>The last counters heard of a virtual host, to know one that comes a second time.</summary>
internal sealed class CounterMemory
{
    /// <summary>At one advertisement a second and family, eight minutes.</summary>
    public const int Capacity = 1024;

    private readonly ulong[] _order = new ulong[Capacity];
    private readonly HashSet<ulong> _known = new(Capacity);
    private int _next;

    /// <summary>False when it was heard before; the oldest is forgotten for a new one.</summary>
    public bool TryAdd(ulong counter)
    {
        if (_known.Contains(counter)) return false;
        if (_known.Count == Capacity) _known.Remove(_order[_next]);
        _order[_next] = counter;
        _known.Add(counter);
        _next = (_next + 1) % Capacity;
        return true;
    }
}

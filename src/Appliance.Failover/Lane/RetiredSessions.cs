namespace Appliance.Failover;

/// <summary>Former lives of the peer: each is over for good. The oldest is forgotten for a new one.</summary>
internal sealed class RetiredSessions
{
    /// <summary>More restarts of the peer than one life of ours sees.</summary>
    public const int Capacity = 4096;

    private readonly HashSet<UInt128> _known = [];
    private readonly Queue<UInt128> _order = [];

    public bool Contains(UInt128 session) => _known.Contains(session);

    public void Add(UInt128 session)
    {
        if (!_known.Add(session)) return;
        _order.Enqueue(session);
        if (_order.Count > Capacity) _known.Remove(_order.Dequeue());
    }
}

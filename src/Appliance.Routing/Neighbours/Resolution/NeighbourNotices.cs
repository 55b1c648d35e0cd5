namespace Appliance.Routing;

/// <summary>Notices until somebody reads them: <see cref="Capacity"/> of them; later ones are lost, and counted.</summary>
internal sealed class NeighbourNotices
{
    public const int Capacity = 1024;

    private readonly Queue<NeighbourNotice> _waiting = new();

    public long Lost { get; private set; }

    public void Add(in NeighbourNotice notice)
    {
        if (_waiting.Count < Capacity) _waiting.Enqueue(notice);
        else Lost++;
    }

    public bool TryTake(out NeighbourNotice notice) => _waiting.TryDequeue(out notice);
}

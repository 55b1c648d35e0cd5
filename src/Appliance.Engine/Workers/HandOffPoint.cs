namespace Appliance.Engine;

/// <summary>
/// A point in what a worker has handed to others: reached when they have taken all that lay in its rings before. Whoever takes frames
/// judges them in the same breath, so what reaches the same worker later, by whatever ring, is judged later.
/// </summary>
internal sealed class HandOffPoint(HandOffMesh mesh, int worker)
{
    private readonly uint[] _enqueued = new uint[mesh.Workers];

    public void Set()
    {
        for (int to = 0; to < _enqueued.Length; to++)
            _enqueued[to] = mesh.Forward(worker, to)?.Enqueued ?? 0;
    }

    public bool IsReached()
    {
        for (int to = 0; to < _enqueued.Length; to++)
        {
            if (mesh.Forward(worker, to) is { } ring && !ring.IsTaken(_enqueued[to])) return false;
        }

        return true;
    }
}

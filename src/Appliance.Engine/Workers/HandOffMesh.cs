namespace Appliance.Engine;

/// <summary>
/// The rings between workers: for each ordered pair one that carries frames to the owner of their flow, and one that carries ended frames
/// back to their pool. The way home holds every slot of a pool, so it is never full; the way forward drops as <see
/// cref="DropReason.QueueFull"/>.
/// </summary>
public sealed class HandOffMesh : IDisposable
{
    /// <summary>Frames that may wait between two workers.</summary>
    public const int ForwardCapacity = 1024;

    private readonly FrameRing?[] _forward;
    private readonly FrameRing?[] _home;
    private readonly Worker?[] _workers;

    public HandOffMesh(int workers, FramePoolSize poolSize)
    {
        Workers = workers;
        _workers = new Worker?[workers];
        _forward = new FrameRing?[workers * workers];
        _home = new FrameRing?[workers * workers];
        int homeCapacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(poolSize.Small + poolSize.Jumbo + poolSize.Large));
        for (int from = 0; from < workers; from++)
        {
            for (int to = 0; to < workers; to++)
            {
                if (from == to) continue;
                _forward[(from * workers) + to] = new FrameRing(ForwardCapacity);
                _home[(from * workers) + to] = new FrameRing(homeCapacity);
            }
        }
    }

    public int Workers { get; }

    /// <summary>Frames inside all rings.</summary>
    public int Count => _forward.Sum(ring => ring?.Count ?? 0) + _home.Sum(ring => ring?.Count ?? 0);

    public FrameRing? Forward(int from, int to) => _forward[(from * Workers) + to];

    public FrameRing? Home(int from, int to) => _home[(from * Workers) + to];

    /// <summary>Makes a worker known to the others, before the first breath.</summary>
    internal void Register(Worker worker) => _workers[worker.Id] = worker;

    /// <summary>Null: that worker does not exist yet.</summary>
    internal Doorbell? BellOf(int worker) => _workers[worker]?.Doorbell;

    /// <summary>From any thread: a letter from one worker to another. False when too many wait there.</summary>
    internal bool TryPost(int to, IWorkerMail mail) => _workers[to]!.TryPost(mail);

    public void Dispose()
    {
        foreach (FrameRing? ring in _forward.Concat(_home))
            ring?.Dispose();
    }
}

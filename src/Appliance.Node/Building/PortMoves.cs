using System.Collections.Concurrent;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// What is to become of a worker's ends of ports, in order. However many ports come and go, at most one letter of them waits for the
/// worker: there may be more ports than letters.
/// </summary>
internal sealed class PortMoves(Worker worker) : IWorkerMail
{
    private const int No = 0;
    private const int Yes = 1;

    private readonly ConcurrentQueue<IWorkerMail> _moves = [];
    private int _isPosted;

    /// <summary>
    /// By the control thread. It is done before whatever is posted from here on. A worker that has no room for the letter has not read its
    /// mail for so long that an invariant is broken.
    /// </summary>
    public void Add(IWorkerMail move)
    {
        _moves.Enqueue(move);
        if (Interlocked.Exchange(ref _isPosted, Yes) == No && !worker.TryPost(this))
            throw new InvalidOperationException($"Worker {worker.Id} reads no mail.");
    }

    /// <summary>A move that comes meanwhile is found now or has a letter of its own.</summary>
    public void Deliver(Worker worker)
    {
        Interlocked.Exchange(ref _isPosted, No);
        while (_moves.TryDequeue(out IWorkerMail? move)) move.Deliver(worker);
    }
}

using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// Wakes workers that sleep while they wait for something that the control side has just done: an empty letter, of which each worker has
/// one at a time. Who does not sleep looks by itself, a breath later.
/// </summary>
internal sealed class WorkerWakeUp(ImmutableArray<Worker> workers)
{
    private readonly Letter[] _letters = [.. workers.Select(_ => new Letter())];

    /// <param name="which">A bit for each worker.</param>
    public void Wake(ulong which)
    {
        for (int worker = 0; which != 0; worker++, which >>= 1)
        {
            if ((which & 1) != 0) _letters[worker].Post(workers[worker]);
        }
    }

    private sealed class Letter : IWorkerMail
    {
        private int _isUnderWay;

        public void Post(Worker worker)
        {
            if (Interlocked.Exchange(ref _isUnderWay, 1) == 0 && !worker.TryPost(this)) Volatile.Write(ref _isUnderWay, 0);
        }

        public void Deliver(Worker worker) => Volatile.Write(ref _isUnderWay, 0);
    }
}

using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// New models for every worker. When the last one has taken them nobody uses the ones before, which the control thread then frees:
/// giving tables back to the kernel takes longer than a frame may wait. The rules of steering are not among them: those cannot change for
/// one worker before the others (<see cref="SteeringControl"/>).
/// </summary>
internal sealed class ModelChange(NodeModels previous, NodeModels next, int workers) : IWorkerMail, IDisposable
{
    private int _undelivered = workers;

    public bool IsDone => Volatile.Read(ref _undelivered) == 0;

    public void Deliver(Worker worker)
    {
        worker.Adopt(next.Ports);
        worker.Adopt(next.Routing);
        worker.Adopt(next.Checksums);
        worker.Adopt(next.Firewall);
        Interlocked.Decrement(ref _undelivered);
    }

    /// <summary>Frees the models before: once <see cref="IsDone"/>, or when the workers have ended.</summary>
    public void Dispose() => previous.Dispose();
}

using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// New models for every worker. The last worker to take them ends the life of the ones before, which nobody uses from then on. The rules
/// of steering are not among them: those cannot change for one worker before the others (<see cref="SteeringControl"/>).
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
        if (Interlocked.Decrement(ref _undelivered) == 0) previous.Dispose();
    }

    /// <summary>When the workers have ended, delivered or not.</summary>
    public void Dispose()
    {
        if (!IsDone) previous.Dispose();
    }
}

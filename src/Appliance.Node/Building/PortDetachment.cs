using Appliance.Engine;

namespace Appliance.Node;

/// <summary>Takes a port away from all workers: when <see cref="IsDone"/>, none of them touches it any more and it can be
/// disposed.</summary>
public sealed class PortDetachment : IWorkerMail
{
    private readonly PortId _port;
    private int _left;

    internal PortDetachment(PortId port, int workers) => (_port, _left) = (port, workers);

    public bool IsDone => Volatile.Read(ref _left) == 0;

    public void Deliver(Worker worker)
    {
        worker.Detach(_port);
        Interlocked.Decrement(ref _left);
    }
}

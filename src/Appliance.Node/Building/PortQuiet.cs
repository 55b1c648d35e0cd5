using Appliance.Engine;

namespace Appliance.Node;

/// <summary>Has all workers take no more frames from their ports; what is inside goes on, and leaves.</summary>
public sealed class PortQuiet : IWorkerMail
{
    private int _left;

    internal PortQuiet(int workers) => _left = workers;

    public bool IsDone => Volatile.Read(ref _left) == 0;

    public void Deliver(Worker worker)
    {
        worker.StopReceiving();
        Interlocked.Decrement(ref _left);
    }
}

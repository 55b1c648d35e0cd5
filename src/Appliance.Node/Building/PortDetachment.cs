using Appliance.Engine;

namespace Appliance.Node;

/// <summary>Takes a port away from all workers: when <see cref="IsDone"/>, none of them touches it any more and it can be
/// disposed.</summary>
public sealed class PortDetachment : IWorkerMail
{
    private readonly PortId _port;
    private readonly bool _isHost;
    private int _left;

    internal PortDetachment(PortId port, bool isHost, int workers) => (_port, _isHost, _left) = (port, isHost, workers);

    public bool IsDone => Volatile.Read(ref _left) == 0;

    public void Deliver(Worker worker)
    {
        if (_isHost) worker.DetachHost(_port);
        else worker.Detach(_port);
        Interlocked.Decrement(ref _left);
    }
}

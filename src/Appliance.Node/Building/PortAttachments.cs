using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// Ports on their way to the workers. A worker that has a port hands its frames to others, so none gets it before all know it by their
/// models.
/// </summary>
internal sealed class PortAttachments(ImmutableArray<Worker> workers)
{
    private readonly List<(PortId Port, ImmutableArray<IPortQueue> Queues)> _waiting = [];

    /// <summary>Whether the node is to be tended soon.</summary>
    public bool IsBusy => _waiting.Count > 0;

    /// <summary>Opens a queue of the port for each worker.</summary>
    public void Add(IPort port) => _waiting.Add((port.Id, [.. workers.Select(worker => port.OpenQueue(worker.Id, worker.Pool))]));

    /// <summary>False: it was not on its way, and the workers may have it.</summary>
    public bool TryTakeBack(PortId port) => _waiting.RemoveAll(waiting => waiting.Port == port) > 0;

    public void Post()
    {
        foreach ((PortId port, ImmutableArray<IPortQueue> queues) in _waiting)
        {
            foreach (Worker worker in workers)
            {
                if (!worker.TryPost(new Attachment(port, queues[worker.Id])))
                    throw new InvalidOperationException($"Worker {worker.Id} reads no mail.");
            }
        }

        _waiting.Clear();
    }

    private sealed class Attachment(PortId port, IPortQueue queue) : IWorkerMail
    {
        public void Deliver(Worker worker) => worker.Attach(port, queue);
    }
}

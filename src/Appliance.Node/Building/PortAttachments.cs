using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// Ports on their way to the workers, and away from them. A worker that has a port hands its frames to others, so none gets it before all
/// know it by their models.
/// </summary>
internal sealed class PortAttachments(ImmutableArray<Worker> workers)
{
    private readonly ImmutableArray<PortMoves> _moves = [.. workers.Select(worker => new PortMoves(worker))];
    private readonly List<(PortId Port, bool IsHost, ImmutableArray<IPortQueue> Queues)> _waiting = [];

    /// <summary>Whether the node is to be tended soon.</summary>
    public bool IsBusy => _waiting.Count > 0;

    /// <summary>Opens a queue of the port for each worker.</summary>
    public void Add(IPort port) => Add(port, isHost: false);

    /// <summary>The same of the host's end of a port.</summary>
    public void AddHost(IPort host) => Add(host, isHost: true);

    /// <summary>Takes a port, or the host's end of it, away from whoever has it: at once, whatever else is on its way.</summary>
    public PortDetachment Remove(PortId port, bool isHost)
    {
        bool isTakenBack = _waiting.RemoveAll(waiting => waiting.Port == port && waiting.IsHost == isHost) > 0;
        var detachment = new PortDetachment(port, isHost, isTakenBack ? 0 : workers.Length);
        if (!isTakenBack)
        {
            foreach (PortMoves moves in _moves) moves.Add(detachment);
        }

        return detachment;
    }

    public void Post()
    {
        foreach ((PortId port, bool isHost, ImmutableArray<IPortQueue> queues) in _waiting)
        {
            for (int worker = 0; worker < _moves.Length; worker++)
                _moves[worker].Add(new Attachment(port, isHost, queues[worker]));
        }

        _waiting.Clear();
    }

    private void Add(IPort port, bool isHost) =>
        _waiting.Add((port.Id, isHost, [.. workers.Select(worker => port.OpenQueue(worker.Id, worker.Pool))]));

    private sealed class Attachment(PortId port, bool isHost, IPortQueue queue) : IWorkerMail
    {
        public void Deliver(Worker worker)
        {
            if (isHost) worker.AttachHost(port, queue);
            else worker.Attach(port, queue);
        }
    }
}

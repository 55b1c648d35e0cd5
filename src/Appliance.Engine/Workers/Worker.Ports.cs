namespace Appliance.Engine;

/// <summary>A worker's ends of ports: they come and go between two breaths, and at the end of each is sent what waits.</summary>
public sealed partial class Worker
{
    /// <summary>Gives the worker its end of a port; before the first breath or by mail, when all workers know the port.</summary>
    public void Attach(PortId port, IPortQueue queue)
    {
        _egress.Add(port.Index, new Egress(queue));
        TakeQueues([.. _queues, queue]);
    }

    /// <summary>
    /// Takes its end of a port away, by mail; nothing happens if there is none. What waits to be sent by it is dropped. Behind this call
    /// the worker does not touch the queue any more.
    /// </summary>
    public void Detach(PortId port)
    {
        if (_egress.Remove(port.Index) is not { } egress) return;
        TakeQueues([.. _queues.Where(queue => queue != egress.Queue)]);
        GiveUp(egress, DropReason.PortDown);
    }

    /// <summary>Leaves what arrives in its ports, for good; by mail. What is inside goes on.</summary>
    public void StopReceiving()
    {
        _hostQueues = [];
        TakeQueues([]);
    }

    private void GiveUp(Egress egress, DropReason reason)
    {
        while (egress.Waiting > 0)
        {
            egress.GiveUp(egress.Waiting, _reclaimed);
            foreach (Frame frame in _reclaimed.Frames) Drop(frame, reason);
            _reclaimed.Clear();
        }

        Reclaim(egress);
    }

    private int TransmitAll()
    {
        int sent = 0;
        foreach (Egress egress in _egress.Attached)
        {
            sent += egress.Flush(_ports, Counters, _now);
            egress.Kick();
            Reclaim(egress);
        }

        return sent;
    }

    private void Reclaim(Egress egress)
    {
        while (egress.Queue.Reclaim(_reclaimed) > 0)
        {
            _returns.Release(_reclaimed.Frames);
            _reclaimed.Clear();
        }
    }

    private void TakeQueues(IPortQueue[] queues)
    {
        _queues = queues;
        _wakeupDescriptors = default;
    }

    /// <summary>
    /// There may be more ports than before, never fewer. A port that gets the number of one that is gone counts anew.
    /// </summary>
    private void Know(PortTable ports)
    {
        PortTable before = _ports;
        _ports = ports;
        _egress.Grow(ports.Count);
        Counters.Grow(ports.Count);
        for (int port = 0; port < before.Count; port++)
        {
            if (before[port].IsVacant && !ports[port].IsVacant) Counters.Port(port) = default;
        }
    }
}

namespace Appliance.Engine;

/// <content>
/// The host's ends of ports: what is for the appliance itself and nobody here answers goes to the host, and what the host sends leaves as
/// if it had been made here. No account of a port knows of either: the first is consumed, the second generated.
/// </content>
public sealed partial class Worker
{
    private readonly FrameBatch _ofHost = new();
    private IPortQueue[] _hostQueues = [];

    /// <summary>Gives the worker its end of the host's end of a port; before the first breath, or by mail when all know the port.</summary>
    /// <param name="port">Or sub-port.</param>
    /// <param name="queue">What comes by it has that port as its ingress port.</param>
    public void AttachHost(PortId port, IPortQueue queue)
    {
        _egress.AddHost(port.Index, new Egress(queue, isHost: true));
        _hostQueues = [.. _hostQueues, queue];
        TakeQueues(_queues);
    }

    /// <summary>Takes it away, as <see cref="Detach"/> takes a port's.</summary>
    public void DetachHost(PortId port)
    {
        if (_egress.RemoveHost(port.Index) is not { } egress) return;
        _hostQueues = [.. _hostQueues.Where(queue => queue != egress.Queue)];
        TakeQueues(_queues);
        GiveUp(egress, DropReason.PortDown);
    }

    private int ReceiveFromHost(in StageContext context)
    {
        foreach (IPortQueue queue in _hostQueues) queue.Receive(_ofHost);
        int count = _ofHost.Count, ended = 0;
        if (count == 0) return 0;
        foreach (Frame frame in _ofHost.Frames)
        {
            frame.Info.Traits |= FrameTraits.Generated | FrameTraits.FromHost;
            Counters.Generated += frame.WireFrames;
            ended += frame.Info.Disposition == Disposition.Continue ? 0 : 1;
        }

        _ofHost.NoteEnded(ended);
        _ofHost.Settle(new Exit(this));
        _path.RunHostArrival(_ofHost, context, new Exit(this));
        FlushHandOff();
        if (_changes.Withheld.Any)
        {
            _changes.Withheld.Withhold(_ofHost);
            _ofHost.Settle(new Exit(this));
        }

        HaveHostLeave(context);
        return count;
    }

    /// <summary>
    /// What is the host's among frames of other workers, or frames that had to wait: it is not judged as if it had come in.
    /// </summary>
    private void TakeOutOfHost()
    {
        Span<byte> others = stackalloc byte[_batch.Count];
        int count = 0;
        ReadOnlySpan<Frame> frames = _batch.Frames;
        for (int i = 0; i < frames.Length; i++)
        {
            if ((frames[i].Info.Traits & FrameTraits.FromHost) == FrameTraits.None) others[count++] = (byte)i;
            else _ofHost.TryAdd(frames[i]);             // as large as the batch, and empty between two calls
        }

        if (count < frames.Length) _batch.KeepOnly(others[..count]);
    }

    private void HaveHostLeave(in StageContext context)
    {
        if (_ofHost.Count == 0) return;
        _path.RunLeaving(_ofHost, context, new Exit(this));
        _ofHost.Clear();
        FlushHandOff();
        EnterRedirected(context);
    }

    /// <summary>A frame, or the segments that a large one had to be cut to. A host that does not keep up loses what is for it.</summary>
    private void Deliver(Frame frame)
    {
        while (!frame.IsNull)
        {
            Frame next = default;
            if (frame.Info.SegmentSize == 0) (next, frame.Info.Next) = (frame.Info.Next, default);
            if (_egress.HostAt(frame.Info.IngressPort) is not { } host) Drop(frame, DropReason.PortDown);
            else if (!host.TryAdd(frame)) Drop(frame, DropReason.QueueFull);
            else Tap?.Consumed(frame);
            frame = next;
        }
    }
}

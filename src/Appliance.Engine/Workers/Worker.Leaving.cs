namespace Appliance.Engine;

/// <content>Where frames go when a stage has ended them: to another worker, out, over, or home.</content>
public sealed partial class Worker
{
    /// <summary>Where the frames go that a stage has ended. A struct, so that the loop that gives them calls it directly.</summary>
    private readonly struct Exit(Worker worker) : IFrameExit
    {
        public void Take(Frame frame) => worker.Take(frame);

        public int TakeRun(ReadOnlySpan<Frame> frames)
        {
            int sent = worker.SendRun(frames);
            if (sent > 0) return sent;
            worker.Take(frames[0]);
            return 1;
        }
    }

    private void Take(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        switch (info.Disposition)
        {
            case Disposition.Transmit:
                Send(frame);
                break;
            case Disposition.HandOff:
                HandOff(frame, info.Worker);
                break;
            case Disposition.Consume:
                Counters.Consumed += frame.WireFrames;
                Tap?.Consumed(frame);
                _returns.Release(frame);
                break;
            case Disposition.Deliver:
                Deliver(frame);
                break;
            case Disposition.Held:
                break;
            default:
                Drop(frame, info.DropReason);
                break;
        }
    }

    private void HandOff(Frame frame, int owner)
    {
        frame.Info.Disposition = Disposition.Continue;
        if (owner != Id) CountOwned(frame, -1);
        _handOff[owner].TryAdd(frame);              // as large as the batch it came from, and flushed behind each
    }

    private void FlushHandOff()
    {
        for (int owner = 0; owner < _handOff.Length; owner++)
        {
            FrameBatch batch = _handOff[owner];
            if (batch.Count == 0 || owner == Id) continue;
            long given = 0;
            foreach (Frame frame in batch.Frames) given += frame.WireFrames;    // before: what is taken is another's to change
            int taken = _mesh.Forward(Id, owner)!.Enqueue(batch.Frames);
            if (_mesh.BellOf(owner) is { IsAsleep: true } bell) bell.Ring();    // what this look misses, the end of the breath does not
            foreach (Frame frame in batch.Frames[taken..])
            {
                given -= frame.WireFrames;
                CountOwned(frame, 1);
                Drop(frame, DropReason.QueueFull);
            }

            Counters.HandedOff += given;
            batch.Clear();
        }
    }

    /// <summary>
    /// Queues the frames from the front on that are to leave by the port of the first, each alone; answers how many there were, as far
    /// as there was room.
    /// </summary>
    private int SendRun(ReadOnlySpan<Frame> frames)
    {
        if (Tap is not null) return 0;                                  // it is told of each
        int port = frames[0].Info.EgressPort, run = 0;
        for (; run < frames.Length; run++)
        {
            ref FrameInfo info = ref frames[run].Info;
            if (info.Disposition != Disposition.Transmit || info.EgressPort != port || !info.Next.IsNull) break;
        }

        return run == 0 ? 0 : _egress[_ports[port].Physical]?.Add(frames[..run]) ?? 0;
    }

    /// <summary>Queues a frame and all that are chained behind it, each by itself, unless they are to leave as one large frame.</summary>
    private void Send(Frame frame)
    {
        while (!frame.IsNull)
        {
            Frame next = default;
            if (frame.Info.SegmentSize == 0) (next, frame.Info.Next) = (frame.Info.Next, default);
            Egress? egress = _egress[_ports[frame.Info.EgressPort].Physical];
            if (egress is null) Drop(frame, DropReason.PortDown);
            else if (!TryQueue(egress, frame)) Drop(frame, DropReason.QueueFull);
            else Tap?.Sent(frame, Id, _ports);
            frame = next;
        }
    }

    private bool TryQueue(Egress egress, Frame frame)
    {
        if (egress.TryAdd(frame)) return true;
        egress.Flush(_ports, Counters, _now);
        Reclaim(egress);
        return egress.TryAdd(frame);
    }

    private void Drop(Frame frame, DropReason reason)
    {
        int frames = frame.WireFrames;
        Counters.Drop(reason, frames);
        Tap?.Dropped(frame, reason);
        if ((frame.Info.Traits & FrameTraits.Generated) == FrameTraits.None) CountDropped(frame.Info.IngressPort, frames);
        _returns.Release(frame);
    }

    /// <summary>At the sub-port that a frame came in by, and again at every port that fed it.</summary>
    private void CountDropped(int port, int frames)
    {
        for (; port != PortFacts.NoParent; port = _ports[port].Parent)
            Counters.Port(port).FramesDropped += frames;
    }
}

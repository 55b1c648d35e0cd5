using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>
/// Fits datagrams to the egress port: a too long one is fragmented (IPv4 without DF) or answered with too-big and dropped. A large frame
/// is as long as its longest segment; when that is too long, the segments are judged as if they had come one by one.
/// </summary>
public sealed class MtuStage(RoutingModel model, ErrorReplies errors, IFrameFinisher finisher) : IStageOf<RoutingModel>
{
    private RoutingModel _model = model;

    public string Name => "mtu";

    public void Adopt(RoutingModel model) => _model = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        RoutingModel model = _model;
        for (int i = 0; i < batch.Count; i++)                           // grows where a train is taken apart
        {
            Frame frame = batch.Frames[i];
            int mtu = model.Ports[frame.Info.EgressPort].MtuBytes;
            if (frame.LongestDatagram <= mtu) continue;
            if (frame.IsTrain) batch.Uncouple(i);
            if (frame.LongestDatagram > mtu) Fit(frame, mtu, batch, model, context);
        }
    }

    private void Fit(Frame frame, int mtu, FrameBatch batch, RoutingModel model, in StageContext context)
    {
        bool mayFragment = frame.Info.Network == NetworkKind.Ipv4 && (frame.Datagram[6] & 0x40) == 0;
        if (mayFragment)
        {
            DropReason refused = frame.IsContiguousLarge ? CutLarge(frame, mtu, context) : Cut(frame, mtu, context);
            if (refused != DropReason.None) batch.Drop(frame, refused);
            return;
        }

        if (context.Trace is { } trace)
        {
            string which = frame.Info.Network == NetworkKind.Ipv4 ? " with DF set" : "";
            trace.Explain(frame, $"{frame.Info.DatagramLength} bytes{which}, {model.Ports[frame.Info.EgressPort].Name} takes {mtu}");
        }

        errors.TryReply(frame, ErrorKind.TooBig, mtu, model, context);
        int last = frame.WireFrames - 1;
        if (!frame.IsContiguousLarge || frame.DatagramOfSegment(last) > mtu)
        {
            batch.Drop(frame, DropReason.Mtu);
            return;
        }

        int ingress = frame.Info.IngressPort;
        finisher.KeepLastSegment(frame, context);                       // which fits, and goes on alone
        context.Counters.DropSome(DropReason.Mtu, last, ingress, model.Ports);
        context.Trace?.Explain(frame, $"{last} segments over an MTU of {mtu} dropped, the last goes on");
    }

    private DropReason Cut(Frame frame, int mtu, in StageContext context)
    {
        if (!Ipv4Fragmenter.IsPossible(frame.Datagram))
        {
            context.Trace?.Explain(frame, "it ends behind byte 65,535 of what it is a fragment of");
            return DropReason.Fragment;
        }

        finisher.FinishChecksum(frame, context.Counters);
        int fragments = Ipv4Fragmenter.Cut(frame, mtu, context.Pool);
        if (fragments == 0) return DropReason.PoolEmpty;
        context.Counters.Generated += fragments - 1;
        context.Trace?.Explain(frame, $"cut into {fragments} fragments for an MTU of {mtu}");
        return DropReason.None;
    }

    /// <summary>
    /// Segments first, then each that is too long into fragments, all of them one chain. When the pool has not enough, the whole chain
    /// drops, as the segments that it was.
    /// </summary>
    private DropReason CutLarge(Frame large, int mtu, in StageContext context)
    {
        int segments = finisher.Cut(large, context), frames = 0;
        if (segments == 0) return DropReason.PoolEmpty;
        for (Frame segment = large; !segment.IsNull;)
        {
            Frame next = segment.Info.Next;
            segment.Info.Next = default;
            int fragments = segment.Info.DatagramLength <= mtu ? 1 : Ipv4Fragmenter.Cut(segment, mtu, context.Pool);
            Frame last = segment;
            while (!last.Info.Next.IsNull) last = last.Info.Next;
            last.Info.Next = next;
            if (fragments == 0)
            {
                large.Info.TrainFrames = segments;
                return DropReason.PoolEmpty;
            }

            frames += fragments;
            segment = next;
        }

        context.Counters.Generated += frames - segments;
        context.Trace?.Explain(large, $"{segments} segments cut into {frames} fragments for an MTU of {mtu}");
        return DropReason.None;
    }
}

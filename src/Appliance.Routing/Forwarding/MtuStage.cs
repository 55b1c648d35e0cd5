using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>
/// Fits datagrams to the egress port: a too long one is fragmented (IPv4 without DF) or answered with too-big and dropped.
/// </summary>
public sealed class MtuStage(RoutingModel model, ErrorReplies errors) : IStageOf<RoutingModel>
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
            if (frame.Info.DatagramLength > mtu) Fit(frame, mtu, batch, model, context);
        }
    }

    private void Fit(Frame frame, int mtu, FrameBatch batch, RoutingModel model, in StageContext context)
    {
        bool mayFragment = frame.Info.Network == NetworkKind.Ipv4 && (frame.Datagram[6] & 0x40) == 0;
        if (mayFragment)
        {
            DropReason refused = Cut(frame, mtu, context);
            if (refused != DropReason.None) batch.Drop(frame, refused);
            return;
        }

        if (context.Trace is { } trace)
        {
            string which = frame.Info.Network == NetworkKind.Ipv4 ? " with DF set" : "";
            trace.Explain(frame, $"{frame.Info.DatagramLength} bytes{which}, {model.Ports[frame.Info.EgressPort].Name} takes {mtu}");
        }

        errors.TryReply(frame, ErrorKind.TooBig, mtu, model, context);
        batch.Drop(frame, DropReason.Mtu);
    }

    private static DropReason Cut(Frame frame, int mtu, in StageContext context)
    {
        if (!Ipv4Fragmenter.IsPossible(frame.Datagram))
        {
            context.Trace?.Explain(frame, "it ends behind byte 65,535 of what it is a fragment of");
            return DropReason.Fragment;
        }

        int fragments = Ipv4Fragmenter.Cut(frame, mtu, context.Pool);
        if (fragments == 0) return DropReason.PoolEmpty;
        context.Counters.Generated += fragments - 1;
        context.Trace?.Explain(frame, $"cut into {fragments} fragments for an MTU of {mtu}");
        return DropReason.None;
    }
}

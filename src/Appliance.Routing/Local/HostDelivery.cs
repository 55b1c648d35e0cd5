using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>
/// Makes frames what the host takes: untagged, alone, to the address of its end of the port. What is sent to groups is limited for each
/// steering bucket, as errors are: whoever floods a link with broadcasts keeps nobody's worker busy with the host's answers.
/// </summary>
public sealed class HostDelivery(int buckets, IFrameFinisher finisher) : IBucketState
{
    /// <summary>Frames a second to groups, for one bucket.</summary>
    public const int GroupFramesPerSecond = 1000;

    /// <summary>Frames to groups at once.</summary>
    public const int GroupBurst = 200;

    /// <summary>What the host's ends of ports can do by themselves.</summary>
    public const PortCapabilities Capabilities = PortCapabilities.TransmitChecksum | PortCapabilities.Segmentation;

    private ReplyLimit _groups = new(buckets, GroupFramesPerSecond, GroupBurst);

    public object? Detach(ushort bucket) => _groups.Detach(bucket);

    public void Attach(ushort bucket, object? state) => _groups.Attach(bucket, (long?)state);

    public void Reset(int buckets) => _groups = new ReplyLimit(buckets, GroupFramesPerSecond, GroupBurst);

    /// <summary>
    /// Ends a frame of a batch at the host. It is alone: no train. A group's is dropped when there have been too many, as <see
    /// cref="DropReason.QueueFull"/>.
    /// </summary>
    internal void Deliver(Frame frame, bool isToGroup, FrameBatch batch, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        if (isToGroup && !_groups.TryTake(info.Bucket, context.Now))
        {
            context.Trace?.Explain(frame, "too many frames to groups");
            batch.Drop(frame, DropReason.QueueFull);
            return;
        }

        MacAddress source = MacAddress.Read(frame.Bytes[MacAddress.Length..]), group = MacAddress.Read(frame.Bytes);
        MacAddress destination = group.IsGroup ? group : model.Ports[info.IngressPort].Mac;
        if (frame.IsContiguousLarge && !finisher.TryFit(frame, Capabilities, context))
        {
            batch.Drop(frame, DropReason.PoolEmpty);
            return;
        }

        for (Frame part = frame; !part.IsNull; part = part.Info.Next) LinkKernel.WriteEthernet(part, destination, source);
        batch.End(frame, Disposition.Deliver);
    }
}

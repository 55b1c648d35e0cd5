using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>
/// One hop less, the Ethernet header of the egress port and its VLAN tags, for each frame of a train or a chain of fragments. What stood in
/// front of the datagram and behind it is cut; nothing else of the datagram is touched.
/// </summary>
/// <param name="ports">What frames leave by.</param>
/// <param name="waiting">Where neighbours are resolved while frames flow; null: each frame comes with a MAC address.</param>
public sealed class LinkStage(PortTable ports, NeighbourWaiting? waiting = null) : IStageOf<PortTable>, IStageOf<RoutingModel>
{
    private readonly NeighbourQueue? _waiting = waiting?.Queue;
    private PortTable _ports = ports;

    public string Name => "link";

    public void Adopt(PortTable model) => _ports = model;

    public void Adopt(RoutingModel model) => _waiting?.Adopt(model);

    public void Process(FrameBatch batch, in StageContext context)
    {
        if (_waiting is not null) Resolve(_waiting, batch, context);
        PortTable ports = _ports;
        ReadOnlySpan<Frame> frames = batch.Frames;
        for (int at = 0; at < frames.Length; at++)
        {
            PortFacts port = ports[frames[at].Info.EgressPort];
            if (port.Parent == PortFacts.NoParent) at = LinkKernel.FinishRun(frames, at, port);
            if (at < frames.Length && NextHopCode.IsMac(frames[at].Info.NextHop)) FinishAll(frames[at], ports);
        }

        if (context.Trace is { } trace) Explain(trace, frames, ports);
    }

    /// <summary>Gives each frame the MAC address of its next hop. What has to wait for one keeps its code, and has ended here.</summary>
    private static void Resolve(NeighbourQueue waiting, FrameBatch batch, in StageContext context)
    {
        for (int i = 0; i < batch.Count; i++)                           // grows where a train is taken apart
        {
            Frame frame = batch.Frames[i];
            if (NextHopCode.IsMac(frame.Info.NextHop)) continue;
            if (waiting.TryResolve(i, batch, context, out MacAddress mac)) frame.Info.NextHop = mac.Value;
        }
    }

    private static void Explain(IPathTrace trace, ReadOnlySpan<Frame> frames, PortTable ports)
    {
        foreach (Frame frame in frames)
        {
            if (NextHopCode.IsMac(frame.Info.NextHop)) trace.Explain(frame, $"out of {ports[frame.Info.EgressPort].Name}");
        }
    }

    /// <summary>A frame, and those of its train or chain.</summary>
    private static void FinishAll(Frame first, PortTable ports)
    {
        PortFacts port = ports[first.Info.EgressPort];
        ulong nextHop = first.Info.NextHop;
        for (Frame frame = first; !frame.IsNull; frame = frame.Info.Next)
        {
            frame.Info.EgressPort = (ushort)port.Index;
            Finish(frame, nextHop, port, ports);
        }
    }

    private static void Finish(Frame frame, ulong nextHop, PortFacts port, PortTable ports)
    {
        FrameTraits traits = frame.Info.Traits;
        if ((traits & FrameTraits.LinkComplete) == FrameTraits.None)
        {
            if ((traits & FrameTraits.Generated) == FrameTraits.None) LinkKernel.SpendHop(frame);
            LinkKernel.WriteEthernet(frame, new MacAddress(nextHop), port.Mac);
        }

        for (; port.Parent != PortFacts.NoParent; port = ports[port.Parent])
            PushTag(frame, port.VlanId);
    }

    /// <summary>Puts an 802.1Q tag behind the MAC addresses; the innermost sub-port's first, its parents' in front of it.</summary>
    private static void PushTag(Frame frame, ushort vlanId)
    {
        frame.Prepend(VlanTagView.HeaderLength);
        Span<byte> bytes = frame.Bytes;
        bytes.Slice(VlanTagView.HeaderLength, 2 * MacAddress.Length).CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[12..], (ushort)EtherType.Vlan);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[14..], vlanId);
    }
}

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
        PortTable ports = _ports;
        for (int i = 0; i < batch.Count; i++)                           // grows where a train is taken apart
        {
            Frame first = batch.Frames[i];
            PortFacts port = ports[first.Info.EgressPort];
            ulong nextHop = first.Info.NextHop;
            if (!NextHopCode.IsMac(nextHop))
            {
                if (!_waiting!.TryResolve(i, batch, context, out MacAddress mac)) continue;
                nextHop = mac.Value;
            }

            for (Frame frame = first; !frame.IsNull; frame = frame.Info.Next)
            {
                frame.Info.EgressPort = (ushort)port.Index;
                Finish(frame, nextHop, port, ports);
            }

            context.Trace?.Explain(first, $"out of {port.Name}");
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

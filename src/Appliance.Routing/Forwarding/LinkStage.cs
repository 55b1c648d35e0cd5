using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>
/// The last stage: one hop less, the Ethernet header of the egress port, its VLAN tags, and out. What stood in front of the datagram and behind it is
/// cut; nothing else of the datagram is touched.
/// </summary>
public sealed class LinkStage(PortTable ports) : IStageOf<PortTable>
{
    private PortTable _ports = ports;

    public string Name => "link";

    public void Adopt(PortTable model) => _ports = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        PortTable ports = _ports;
        foreach (Frame first in batch.Frames)
        {
            PortFacts port = ports[first.Info.EgressPort];
            for (Frame frame = first; !frame.IsNull; frame = frame.Info.Next)
                Finish(frame, port, ports);

            batch.End(first, Disposition.Transmit);
            context.Trace?.Explain(first, $"out of {port.Name}");
        }
    }

    private static void Finish(Frame frame, PortFacts port, PortTable ports)
    {
        ref FrameInfo info = ref frame.Info;
        if ((info.Traits & FrameTraits.LinkComplete) == FrameTraits.None)
        {
            if ((info.Traits & FrameTraits.Generated) == FrameTraits.None) SpendHop(frame);
            frame.TrimStart(info.NetworkOffset - EthernetView.HeaderLength);
            frame.SetLength(EthernetView.HeaderLength + info.DatagramLength);
            WriteEthernet(frame.Bytes, new MacAddress(info.NextHop), port.Mac, info.EtherType);
        }

        for (; port.Parent != PortFacts.NoParent; port = ports[port.Parent])
            PushTag(frame, port.VlanId);
    }

    /// <summary>RFC 1812 §5.3.1 and RFC 8200 §3; the IPv4 checksum by difference (RFC 1624).</summary>
    private static void SpendHop(Frame frame)
    {
        Span<byte> datagram = frame.Datagram;
        if (frame.Info.Network == NetworkKind.Ipv6)
        {
            datagram[7]--;
            return;
        }

        ushort before = BinaryPrimitives.ReadUInt16BigEndian(datagram[8..]);
        datagram[8]--;
        ushort after = BinaryPrimitives.ReadUInt16BigEndian(datagram[8..]);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(datagram[10..]);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[10..], ChecksumDelta.Replace(checksum, before, after));
    }

    private static void WriteEthernet(Span<byte> bytes, MacAddress destination, MacAddress source, EtherType type)
    {
        destination.WriteTo(bytes);
        source.WriteTo(bytes[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[12..], (ushort)type);
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

using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>Tells the kernel what is left to be done to a frame that leaves: a checksum to finish, segments to cut.</summary>
internal static class LeavingOffloads
{
    private const int TcpField = 16, UdpField = 6;      // offsets of the checksum
    private const int UdpHeader = 8;

    /// <param name="frame">
    /// To be sent, single or large. A large one's checksum is partial, as is that of the head of a train as it is gathered.
    /// </param>
    /// <param name="tcpHeader">Bytes of the TCP header of a large frame; not looked at otherwise.</param>
    public static VirtioHeader Of(Frame frame, int tcpHeader)
    {
        ref FrameInfo info = ref frame.Info;
        var header = default(VirtioHeader);
        if (info.SegmentSize == 0 && info.Checksum != ChecksumState.Partial) return header;
        bool isTcp = info.Protocol == IpProtocol.Tcp;
        header.Flags = VirtioHeader.NeedsChecksum;
        header.ChecksumStart = (ushort)info.TransportOffset;
        header.ChecksumOffset = (ushort)(isTcp ? TcpField : UdpField);
        if (info.SegmentSize == 0) return header;
        byte tcp = info.Network == NetworkKind.Ipv6 ? VirtioHeader.Tcp6 : VirtioHeader.Tcp4;
        header.Segmentation = isTcp ? tcp : VirtioHeader.UdpSegments;
        header.SegmentSize = info.SegmentSize;
        header.HeaderLength = (ushort)(info.TransportOffset + (isTcp ? tcpHeader : UdpHeader));
        return header;
    }
}

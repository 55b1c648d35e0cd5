using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// The state in which a transport checksum is left for the last who has the frame: the field holds the folded sum of the pseudo-header, not
/// complemented, as a virtio header with <c>NEEDS_CSUM</c> has it. TCP and UDP only.
/// </summary>
public static unsafe class PartialChecksum
{
    /// <summary>
    /// Completes the checksum of an ordinary frame whose is partial. The sum that stands there is used, whatever addresses it was made of.
    /// </summary>
    public static void Finish(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        byte* transport = frame.Pointer + info.TransportOffset;
        ulong sum = ChecksumKernel.Sum(transport, info.NetworkOffset + info.DatagramLength - info.TransportOffset);
        ushort checksum = (ushort)~SegmentTemplate.Fold(sum);
        bool isTcp = info.Protocol == IpProtocol.Tcp;
        SegmentTemplate.Write(transport + (isTcp ? 16 : 6), isTcp ? checksum : InternetChecksum.ZeroAsAllOnes(checksum));
        info.Checksum = ChecksumState.Good;
    }

    /// <summary>Makes a good checksum partial, for a port that finishes it; with the length that the frame has.</summary>
    public static void Begin(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        byte* bytes = frame.Pointer;
        ulong sum = SegmentTemplate.PseudoSum(bytes + info.NetworkOffset, info.Network == NetworkKind.Ipv6, info.Protocol)
            + SegmentTemplate.Big(info.NetworkOffset + info.DatagramLength - info.TransportOffset);
        SegmentTemplate.Write(bytes + info.TransportOffset + (info.Protocol == IpProtocol.Tcp ? 16 : 6), SegmentTemplate.Fold(sum));
        info.Checksum = ChecksumState.Partial;
    }
}

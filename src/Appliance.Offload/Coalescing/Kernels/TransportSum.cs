using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>Verifies TCP checksums (RFC 9293 §3.1, RFC 8200 §8.1) of datagrams without IP options or extension headers.</summary>
internal static unsafe class TransportSum
{
    private const int Ipv4Addresses = 8, Ipv6Addresses = 32;                // bytes, right in front of the TCP header

    /// <summary>Writes the verdict into the frame's info, counts it and answers whether the checksum is right.</summary>
    public static bool Verify(Frame frame, byte* ip, WorkerCounters counters)
    {
        ref FrameInfo info = ref frame.Info;
        int ipBytes = info.TransportOffset - info.NetworkOffset;
        int segmentBytes = info.DatagramLength - ipBytes;
        int addresses = info.Network == NetworkKind.Ipv6 ? Ipv6Addresses : Ipv4Addresses;

        // The pseudo-header's addresses and the segment are one piece; what is left of it are the protocol and the length.
        ulong sum = ChecksumKernel.Sum(ip + ipBytes - addresses, addresses + segmentBytes)
            + ((ulong)IpProtocol.Tcp << 8) + BinaryPrimitives.ReverseEndianness((ushort)segmentBytes);
        bool isGood = InternetChecksum.IsValid(sum);
        info.Checksum = isGood ? ChecksumState.Good : ChecksumState.Bad;
        counters.ChecksumsVerified++;
        if (!isGood) counters.ChecksumsBad++;
        return isGood;
    }
}

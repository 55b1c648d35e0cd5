using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>Verifies TCP checksums (RFC 9293 §3.1, RFC 8200 §8.1) of datagrams without IP options or extension headers.</summary>
internal static unsafe class TransportSum
{
    /// <summary>
    /// Writes the verdict into the frame's info, counts it and answers whether the checksum is right. The pseudo-header's addresses and the
    /// segment are one piece.
    /// </summary>
    public static bool Verify(Frame frame, byte* ip, HeaderLayout* layout, WorkerCounters counters)
    {
        ref FrameInfo info = ref frame.Info;
        int length = info.DatagramLength - layout->AddressesAt;
        byte* from = ip + layout->AddressesAt;
        bool isByLines = length >= ChecksumVector512.MinLineBytes && ((nint)from & 1) == 0;
        ulong sum = isByLines ? ChecksumVector512.SumLines(from, length) : ChecksumKernel.Sum(from, length);
        bool isGood = InternetChecksum.IsValid(sum + PseudoSum(info.DatagramLength - layout->IpBytes));
        info.Checksum = isGood ? ChecksumState.Good : ChecksumState.Bad;
        counters.ChecksumsVerified++;
        if (!isGood) counters.ChecksumsBad++;
        return isGood;
    }

    /// <summary>What is left of the pseudo-header without its addresses: protocol and length.</summary>
    public static ulong PseudoSum(int segmentBytes) =>
        ((ulong)IpProtocol.Tcp << 8) + BinaryPrimitives.ReverseEndianness((ushort)segmentBytes);
}

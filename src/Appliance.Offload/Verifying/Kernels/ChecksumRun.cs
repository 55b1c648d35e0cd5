using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// Checksums of TCP and UDP right behind the addresses of their IP header: neither options nor extension headers, and whole. Addresses,
/// transport header and payload are one piece then, and of a small one two loads take all, without a branch on anything that differs from
/// frame to frame.
/// <code>
///     IPv4   | … 12 | addresses  8 | transport … |              what is summed: from the addresses to the datagram's end
///     IPv6   | …  8 | addresses 32 | transport … |
/// </code>
/// </summary>
internal static unsafe class ChecksumRun
{
    private const int FewBytes = 2 * ChecksumVector256.BlockLength;
    private const int Ipv4AddressesAt = 12, Ipv6AddressesAt = 8, UdpChecksumAt = 6;
    private const int ShortestTransport = 8;                            // of UDP; a shorter segment of TCP has no checksum either

    /// <summary>
    /// Verifies the frames from <paramref name="at"/> on as long as each is of this kind, came in by the same port and is right; writes
    /// the verdict. Answers the place of the first that is not, or the end. Not inlined: the loop needs the registers.
    /// </summary>
    /// <param name="frames">Of a batch.</param>
    /// <param name="at">Of the first.</param>
    /// <param name="isBelieved">What the port found right is right, and what it found wrong is not for here.</param>
    /// <param name="verified">Grows by how many had a checksum.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Verify(ReadOnlySpan<Frame> frames, int at, bool isBelieved, ref long verified)
    {
        if (!Vector256.IsHardwareAccelerated || !BitConverter.IsLittleEndian) return at;
        int ingress = frames[at].Info.IngressPort, counted = 0;
        NetworkKind network = frames[at].Info.Network;
        if (network is not (NetworkKind.Ipv4 or NetworkKind.Ipv6)) return at;
        int addressesAt = network == NetworkKind.Ipv6 ? Ipv6AddressesAt : Ipv4AddressesAt;
        for (; at < frames.Length; at++)
        {
            Frame frame = frames[at];
            ref FrameInfo info = ref frame.Info;
            if (info.IngressPort != ingress || info.Network != network || !IsPlain(ref info)) break;
            if (info.Checksum != ChecksumState.Unknown)
            {
                if (isBelieved && info.Checksum == ChecksumState.Good) continue;
                break;
            }

            byte* first = frame.Pointer, transport = first + info.TransportOffset, addresses = first + info.NetworkOffset + addressesAt;
            int length = info.DatagramLength - addressesAt, transportBytes = length - (int)(transport - addresses);
            if (transportBytes < ShortestTransport) break;
            if (info.Protocol == IpProtocol.Udp && Unsafe.ReadUnaligned<ushort>(transport + UdpChecksumAt) == 0) break;
            ulong sum = length is >= ChecksumVector256.BlockLength and <= FewBytes
                ? ChecksumVector256.SumUpTo64(ref *addresses, length)
                : SumOther(addresses, length);
            sum += ((ulong)info.Protocol << 8) + BinaryPrimitives.ReverseEndianness((ushort)transportBytes);
            if (!InternetChecksum.IsValid(sum)) break;
            info.Checksum = ChecksumState.Good;
            counted++;
        }

        verified += counted;
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain(ref FrameInfo info) =>
        (info.Traits & (FrameTraits.Fragment | FrameTraits.Options)) == FrameTraits.None && info.SegmentSize == 0
        && info.Protocol is IpProtocol.Tcp or IpProtocol.Udp;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SumOther(byte* from, int length) =>
        length >= ChecksumVector512.MinLineBytes && ((nint)from & 1) == 0
            ? ChecksumVector512.SumLines(from, length)
            : ChecksumKernel.Sum(from, length);
}

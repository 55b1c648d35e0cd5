using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    private const int Ipv4AddressBytes = 8, Ipv6AddressBytes = 32;      // of both; behind them stands the transport header
    private const FrameTraits NotPlain = FrameTraits.Fragment | FrameTraits.Options;
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
        bool isV6 = network == NetworkKind.Ipv6;
        int addressesAt = isV6 ? Ipv6AddressesAt : Ipv4AddressesAt, addressBytes = isV6 ? Ipv6AddressBytes : Ipv4AddressBytes;
        ref Frame first = ref MemoryMarshal.GetReference(frames);
        for (; at < frames.Length; at++)
        {
            Frame frame = Unsafe.Add(ref first, at);
            ref FrameInfo info = ref frame.Info;
            if (info.IngressPort != ingress || info.Network != network || (info.Traits & NotPlain) != FrameTraits.None) break;
            if (info.SegmentSize != 0 || info.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp)) break;
            if (info.Checksum != ChecksumState.Unknown)
            {
                if (isBelieved && info.Checksum == ChecksumState.Good) continue;
                break;
            }

            byte* addresses = frame.Pointer + info.NetworkOffset + addressesAt;
            int length = info.DatagramLength - addressesAt, transportBytes = length - addressBytes;
            if (transportBytes < ShortestTransport) break;
            if (info.Protocol == IpProtocol.Udp && Unsafe.ReadUnaligned<ushort>(addresses + addressBytes + UdpChecksumAt) == 0) break;
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SumOther(byte* from, int length) =>
        length >= ChecksumVector512.MinLineBytes && ((nint)from & 1) == 0
            ? ChecksumVector512.SumLines(from, length)
            : ChecksumKernel.Sum(from, length);
}

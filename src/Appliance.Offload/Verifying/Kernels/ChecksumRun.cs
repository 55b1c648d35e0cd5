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
    private const int UdpLengthAt = 4;                                  // and its checksum behind it
    private const FrameTraits NotPlain = FrameTraits.Fragment | FrameTraits.Options;
    private const int ShortestTransport = 8;                            // of UDP; a shorter segment of TCP has no checksum either

    /// <summary>
    /// Which frames are of a kind, and where the addresses stand in their headers; behind them stands the transport header.
    /// </summary>
    private interface IFrameKind
    {
        static abstract bool Has(ref FrameInfo info);
        static abstract int AddressesAt { get; }
        static abstract int AddressBytes { get; }                       // of both
    }

    private readonly struct Ipv4Kind : IFrameKind
    {
        public static bool Has(ref FrameInfo info) => info.Network == NetworkKind.Ipv4 && IsPlain(ref info);
        public static int AddressesAt => 12;
        public static int AddressBytes => 8;
    }

    private readonly struct Ipv6Kind : IFrameKind
    {
        public static bool Has(ref FrameInfo info) => info.Network == NetworkKind.Ipv6 && IsPlain(ref info);
        public static int AddressesAt => 8;
        public static int AddressBytes => 32;
    }

    /// <summary>Of a batch of which that is known.</summary>
    private readonly struct KnownIpv4Kind : IFrameKind
    {
        public static bool Has(ref FrameInfo info) => true;
        public static int AddressesAt => Ipv4Kind.AddressesAt;
        public static int AddressBytes => Ipv4Kind.AddressBytes;
    }

    /// <summary>
    /// Verifies the frames from <paramref name="at"/> on as long as each is of this kind, of the same network and right; writes the
    /// verdict. Answers the place of the first that is not, or the end.
    /// </summary>
    /// <param name="frames">Of a batch.</param>
    /// <param name="at">Of the first.</param>
    /// <param name="facts">Of the batch.</param>
    /// <param name="isBelieved">What its port found right is right, and what it found wrong is not for here.</param>
    /// <param name="verified">Grows by how many had a checksum.</param>
    public static int Verify(ReadOnlySpan<Frame> frames, int at, BatchFacts facts, bool isBelieved, ref long verified)
    {
        if (!Vector256.IsHardwareAccelerated || !BitConverter.IsLittleEndian) return at;
        if ((facts & BatchFacts.PlainIpv4) != BatchFacts.None) return Verify<KnownIpv4Kind>(frames, at, isBelieved, ref verified);
        return frames[at].Info.Network switch
        {
            NetworkKind.Ipv4 => Verify<Ipv4Kind>(frames, at, isBelieved, ref verified),
            NetworkKind.Ipv6 => Verify<Ipv6Kind>(frames, at, isBelieved, ref verified),
            _ => at,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain(ref FrameInfo info) =>
        (info.Traits & NotPlain) == FrameTraits.None && info.Protocol is IpProtocol.Tcp or IpProtocol.Udp;

    /// <summary>Whether a datagram has a checksum, of all that IP gives it.</summary>
    /// <param name="lengthAndChecksum">As they stand in its header.</param>
    /// <param name="given">Bytes, in the order of the network.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlainUdp(uint lengthAndChecksum, ushort given) =>
        (ushort)lengthAndChecksum == given && lengthAndChecksum >> 16 != 0;

    /// <summary>Not inlined, and one for each kind: the loop needs the registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Verify<TKind>(ReadOnlySpan<Frame> frames, int at, bool isBelieved, ref long verified)
        where TKind : struct, IFrameKind
    {
        ref Frame first = ref MemoryMarshal.GetReference(frames);
        int begin = at, believed = 0, ingress = frames[at].Info.IngressPort;
        for (; at < frames.Length; at++)
        {
            Frame frame = Unsafe.Add(ref first, at);
            ref FrameInfo info = ref frame.Info;
            if (!TKind.Has(ref info) || info.SegmentSize != 0) break;
            if (info.Checksum != ChecksumState.Unknown)
            {
                if (!isBelieved || info.Checksum != ChecksumState.Good || info.IngressPort != ingress) break;
                believed++;
                continue;
            }

            byte* addresses = frame.Pointer + info.NetworkOffset + TKind.AddressesAt;
            int length = info.DatagramLength - TKind.AddressesAt;
            if (length < TKind.AddressBytes + ShortestTransport) break;
            ushort covered = BinaryPrimitives.ReverseEndianness((ushort)(length - TKind.AddressBytes));
            bool isUdp = info.Protocol == IpProtocol.Udp;
            if (isUdp && !IsPlainUdp(Unsafe.ReadUnaligned<uint>(addresses + TKind.AddressBytes + UdpLengthAt), covered)) break;
            ulong sum = length is >= ChecksumVector256.BlockLength and <= FewBytes
                ? ChecksumVector256.SumUpTo64(ref *addresses, length)
                : SumOther(addresses, length);
            sum += (ulong)info.Protocol << 8;
            sum += covered;
            if (!InternetChecksum.IsValid(sum)) break;
            info.Checksum = ChecksumState.Good;
        }

        verified += at - begin - believed;
        return at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SumOther(byte* from, int length) =>
        length >= ChecksumVector512.MinLineBytes && ((nint)from & 1) == 0
            ? ChecksumVector512.SumLines(from, length)
            : ChecksumKernel.Sum(from, length);
}

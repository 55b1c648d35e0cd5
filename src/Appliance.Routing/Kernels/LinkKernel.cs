using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>The bytes that forwarding changes: one hop, the IPv4 checksum, the Ethernet header.</summary>
internal static unsafe class LinkKernel
{
    private const int TimeToLiveAt = 8, HopLimitAt = 7;
    private const int FramesAhead = 8;                                  // whose headers are asked for: tables have driven them out
    private const FrameTraits NotPlain = FrameTraits.LinkComplete | FrameTraits.Generated;

    /// <summary>
    /// Does both to the frames from <paramref name="at"/> on as long as each was forwarded, is alone and leaves by this port, which is no
    /// sub-port, to a known MAC address. Answers the place of the first that is not so, or the end. Not inlined: the loop needs the
    /// registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int FinishRun(ReadOnlySpan<Frame> frames, int at, PortFacts port)
    {
        ulong from = InMemory(port.Mac.Value), fromFirst = from << 48;
        int egress = port.Index;
        for (int last = frames.Length - 1; at < frames.Length; at++)
        {
            Frame frame = frames[at];
            frames[Math.Min(at + FramesAhead, last)].PrefetchHeader();
            ref FrameInfo info = ref frame.Info;
            if (info.EgressPort != egress || (info.Traits & NotPlain) != FrameTraits.None || !info.Next.IsNull) break;
            if (!NextHopCode.IsMac(info.NextHop)) break;
            SpendHop(frame);
            byte* header = Trim(frame);
            ulong type = BinaryPrimitives.ReverseEndianness((ushort)info.EtherType);
            Unsafe.WriteUnaligned(header, InMemory(info.NextHop) | fromFirst);
            Unsafe.WriteUnaligned(header + MacAddress.Length, from | (type << 48));
        }

        return at;
    }

    /// <summary>
    /// RFC 1812 §5.3.1 and RFC 8200 §3. The IPv4 checksum by RFC 1624 (3), HC' = ~(~HC + ~m + m'): one hop less takes 0x0100 off the word
    /// m, so that ~m + m' is always 0xfeff, or 0xfffe as memory has it (RFC 1071 §2 (B)). Both lie in one 32-bit word:
    /// | hop limit | protocol | checksum |.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpendHop(Frame frame)
    {
        byte* datagram = frame.Pointer + frame.Info.NetworkOffset;
        if (frame.Info.Network == NetworkKind.Ipv6)
        {
            datagram[HopLimitAt]--;
            return;
        }

        uint word = Unsafe.ReadUnaligned<uint>(datagram + TimeToLiveAt);
        uint sum = (~word >> 16) + 0xfffe;
        sum = (sum & 0xffff) + (sum >> 16);
        uint hop = (word - 1) & 0xff;
        Unsafe.WriteUnaligned(datagram + TimeToLiveAt, (~sum << 16) | (word & 0xff00) | hop);
    }

    /// <summary>
    /// Puts an Ethernet header right in front of the datagram, whatever stood there, and cuts what stands behind it: 14 bytes in three
    /// stores.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteEthernet(Frame frame, MacAddress destination, MacAddress source)
    {
        byte* header = Trim(frame);
        ulong from = InMemory(source.Value);
        Unsafe.WriteUnaligned(header, InMemory(destination.Value) | (from << 48));
        Unsafe.WriteUnaligned(header + 8, (uint)(from >> 16));
        Unsafe.WriteUnaligned(header + 12, BinaryPrimitives.ReverseEndianness((ushort)frame.Info.EtherType));
    }

    /// <summary>Leaves the datagram, and room for a header in front of it; answers that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Trim(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        int trim = info.NetworkOffset - EthernetView.HeaderLength, length = EthernetView.HeaderLength + info.DatagramLength;
        if (trim == 0) frame.SetLength(length);                         // untagged: nothing moves
        else frame.Reframe(trim, length);
        return frame.Pointer;
    }

    /// <summary>The six octets, the first lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong InMemory(ulong mac) => BinaryPrimitives.ReverseEndianness(mac << 16);
}

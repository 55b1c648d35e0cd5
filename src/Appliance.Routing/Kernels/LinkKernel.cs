using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>The bytes that forwarding changes: one hop, the IPv4 checksum, the Ethernet header.</summary>
internal static unsafe class LinkKernel
{
    private const int TimeToLiveAt = 8, HopLimitAt = 7;
    private const FrameTraits NotPlain = FrameTraits.LinkComplete | FrameTraits.Generated;

    /// <summary>
    /// Does both to the frames from <paramref name="at"/> on as long as each was forwarded, is alone and leaves by this port, which is no
    /// sub-port, to a known MAC address. Answers the place of the first that is not so, or the end. Not inlined: the loop needs the registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int FinishRun(ReadOnlySpan<Frame> frames, int at, PortFacts port)
    {
        MacAddress source = port.Mac;
        int egress = port.Index;
        for (; at < frames.Length; at++)
        {
            Frame frame = frames[at];
            ref FrameInfo info = ref frame.Info;
            if (info.EgressPort != egress || (info.Traits & NotPlain) != FrameTraits.None || !info.Next.IsNull) break;
            if (!NextHopCode.IsMac(info.NextHop)) break;
            SpendHop(frame);
            WriteEthernet(frame, new MacAddress(info.NextHop), source);
        }

        return at;
    }

    /// <summary>
    /// RFC 1812 §5.3.1 and RFC 8200 §3. The IPv4 checksum by RFC 1624 (3), HC' = ~(~HC + ~m + m'): one hop less takes 0x0100 off the word
    /// m, so that ~m + m' is always 0xfeff. Both lie in one 32-bit word: | hop limit | protocol | checksum |.
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

        uint word = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(datagram + TimeToLiveAt));
        uint sum = (uint)(ushort)~word + 0xfeff;
        sum = (sum & 0xffff) + (sum >> 16);
        uint hopAndProtocol = (word & 0xffff_0000) - 0x0100_0000;
        Unsafe.WriteUnaligned(datagram + TimeToLiveAt, BinaryPrimitives.ReverseEndianness(hopAndProtocol | (ushort)~sum));
    }

    /// <summary>
    /// Puts an Ethernet header right in front of the datagram, whatever stood there, and cuts what stands behind it: 14 bytes in three
    /// stores.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteEthernet(Frame frame, MacAddress destination, MacAddress source)
    {
        ref FrameInfo info = ref frame.Info;
        int trim = info.NetworkOffset - EthernetView.HeaderLength, length = EthernetView.HeaderLength + info.DatagramLength;
        if (trim == 0) frame.SetLength(length);                         // untagged: nothing moves
        else frame.Reframe(trim, length);
        byte* header = frame.Pointer;
        ulong to = BinaryPrimitives.ReverseEndianness(destination.Value << 16);         // first octet lowest, as memory has it
        ulong from = BinaryPrimitives.ReverseEndianness(source.Value << 16);
        Unsafe.WriteUnaligned(header, to | (from << 48));
        Unsafe.WriteUnaligned(header + 8, (uint)(from >> 16));
        Unsafe.WriteUnaligned(header + 12, BinaryPrimitives.ReverseEndianness((ushort)info.EtherType));
    }
}

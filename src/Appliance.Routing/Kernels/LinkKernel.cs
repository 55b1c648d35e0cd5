using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
        ref Frame head = ref MemoryMarshal.GetReference(frames);
        for (int last = frames.Length - 1; at <= last; at++)
        {
            Frame frame = Unsafe.Add(ref head, at);
            Unsafe.Add(ref head, Math.Min(at + FramesAhead, last)).PrefetchHeader();
            ref FrameInfo info = ref frame.Info;
            if (info.EgressPort != egress || (info.Traits & NotPlain) != FrameTraits.None || !info.Next.IsNull) break;
            if (!NextHopCode.IsMac(info.NextHop)) break;
            byte* header = frame.Pointer;
            SpendHop(header + info.NetworkOffset, info.Network == NetworkKind.Ipv6);
            if (info.NetworkOffset == EthernetView.HeaderLength) frame.SetLength(EthernetView.HeaderLength + info.DatagramLength);
            else header = Trim(frame);
            ulong type = BinaryPrimitives.ReverseEndianness((ushort)info.EtherType);
            Unsafe.WriteUnaligned(header, InMemory(info.NextHop) | fromFirst);
            Unsafe.WriteUnaligned(header + MacAddress.Length, from | (type << 48));
        }

        return at;
    }

    /// <summary>RFC 1812 §5.3.1 and RFC 8200 §3. There is a hop left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpendHop(Frame frame) =>
        SpendHop(frame.Pointer + frame.Info.NetworkOffset, frame.Info.Network == NetworkKind.Ipv6);

    /// <summary>
    /// The IPv4 checksum by RFC 1624 (3), HC' = ~(~HC + ~m + m'): one hop less takes 1 off the word m as memory has it (RFC 1071 §2 (B)),
    /// so HC' is HC + 1, with one more at 0xfffe and 0xffff. Both lie in one 32-bit word: | hop limit | protocol | checksum |.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SpendHop(byte* datagram, bool isV6)
    {
        if (isV6)
        {
            datagram[HopLimitAt]--;
            return;
        }

        ulong word = Unsafe.ReadUnaligned<uint>(datagram + TimeToLiveAt), carry = (word + 0x2_0000) >> 32;
        Unsafe.WriteUnaligned(datagram + TimeToLiveAt, (uint)(word + 0x1_0000 - 1 + (carry << 16)));
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

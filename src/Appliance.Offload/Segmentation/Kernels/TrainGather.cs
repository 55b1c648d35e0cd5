using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Offload;

/// <summary>
/// Writes a train as the one contiguous large frame that a port hands to its own cutter: the head's headers with the lengths of the whole
/// and the last frame's FIN and PSH, then every payload, each byte moved once. Only for trains that <see cref="WholeTrainRules"/> lets
/// pass; they stay as they are.
/// </summary>
public static unsafe class TrainGather
{
    /// <summary>Bytes of the large frame.</summary>
    public static int LengthOf(Frame train)
    {
        int header = TrainShape.HeaderOf(train), length = header;
        for (Frame frame = train; !frame.IsNull; frame = frame.Info.Next)
            length += frame.Length - header;
        return length;
    }

    /// <summary>Payload bytes of each segment but the last: what the port tells its cutter.</summary>
    public static int SegmentSizeOf(Frame train) => train.Length - TrainShape.HeaderOf(train);

    /// <summary>Answers the bytes written, or 0 when <paramref name="into"/> is too short.</summary>
    /// <param name="train">Its head.</param>
    /// <param name="into">At least <see cref="LengthOf"/> bytes.</param>
    /// <param name="completeChecksum">The transport checksum is that of the whole; otherwise it is partial (the pseudo-header's
    /// sum).</param>
    public static int Write(Frame train, Span<byte> into, bool completeChecksum)
    {
        int length = LengthOf(train);
        if (length > into.Length) return 0;
        fixed (byte* pinned = into)
        {
            ulong sum = completeChecksum ? CopySummed(train, pinned, verify: false, out _) : Copy(train, pinned);
            WriteHeaders(train, pinned, length, completeChecksum, sum);
        }

        return length;
    }

    /// <summary>
    /// Only the headers of the large frame, its checksum partial, for a port that gathers the payloads itself: each frame's stands behind
    /// as many bytes of its own. Answers how many.
    /// </summary>
    /// <param name="train">Its head.</param>
    /// <param name="into">At least <see cref="LargeFrame.MaxHeaderBytes"/>.</param>
    public static int WriteHeaders(Frame train, Span<byte> into)
    {
        int header = TrainShape.HeaderOf(train);
        if (header > into.Length) return 0;
        fixed (byte* pinned = into) WriteHeaders(train, pinned, LengthOf(train), completeChecksum: false, payloadSum: 0);
        return header;
    }

    /// <summary>
    /// As <see cref="Write"/>, verifying the TCP checksum of every frame by the sum of the copy. False, with rubbish written, when one is
    /// bad or <paramref name="into"/> is too short.
    /// </summary>
    public static bool TryWriteVerified(Frame train, Span<byte> into, bool completeChecksum, out int length)
    {
        length = LengthOf(train);
        if (length > into.Length) return false;
        fixed (byte* pinned = into)
        {
            ulong sum = CopySummed(train, pinned, verify: true, out bool areGood);
            if (!areGood) return false;
            WriteHeaders(train, pinned, length, completeChecksum, sum);
        }

        return true;
    }

    private static ulong Copy(Frame train, byte* to)
    {
        int header = TrainShape.HeaderOf(train);
        to += header;
        for (Frame frame = train; !frame.IsNull; frame = frame.Info.Next)
        {
            int length = frame.Length - header;
            Unsafe.CopyBlockUnaligned(to, frame.Pointer + header, (uint)length);
            to += length;
        }

        return 0;
    }

    /// <summary>
    /// A payload that begins at an odd place of the whole has the bytes of its words the other way round there (RFC 1071 §2 (B)).
    /// </summary>
    private static ulong CopySummed(Frame train, byte* to, bool verify, out bool areGood)
    {
        ref FrameInfo info = ref train.Info;
        int header = TrainShape.HeaderOf(train), transport = info.TransportOffset, headerLength = header - transport;
        ulong pseudo = SegmentTemplate.PseudoSum(train.Pointer + info.NetworkOffset, info.Network == NetworkKind.Ipv6, IpProtocol.Tcp);
        ulong whole = 0;
        areGood = true;
        byte* first = to + header;
        to = first;
        for (Frame frame = train; !frame.IsNull; frame = frame.Info.Next)
        {
            byte* bytes = frame.Pointer;
            int length = frame.Length - header;
            ulong sum = ChecksumKernel.CopyAndSum(to, bytes + header, length);
            if (verify)
            {
                ulong all = pseudo + SegmentTemplate.Big(headerLength + length) + ChecksumKernel.Sum(bytes + transport, headerLength) + sum;
                areGood &= InternetChecksum.IsValid(all);
            }

            whole += ((to - first) & 1) == 0 ? sum : InternetChecksum.Fold(sum);
            to += length;
        }

        return whole;
    }

    private static void WriteHeaders(Frame train, byte* to, int length, bool completeChecksum, ulong payloadSum)
    {
        ref FrameInfo info = ref train.Info;
        int header = TrainShape.HeaderOf(train), network = info.NetworkOffset, transport = info.TransportOffset;
        Unsafe.CopyBlockUnaligned(to, train.Pointer, (uint)header);
        byte* ip = to + network;
        byte* tcp = to + transport;
        tcp[13] |= (byte)(LastFlags(train) & (int)(TcpFlags.Fin | TcpFlags.Psh));
        bool isIpv6 = info.Network == NetworkKind.Ipv6;
        if (isIpv6)
        {
            SegmentTemplate.Write(ip + 4, SegmentTemplate.Big(length - network - Ipv6View.HeaderLength));
        }
        else
        {
            SegmentTemplate.Write(ip + 2, SegmentTemplate.Big(length - network));
            SegmentTemplate.Write(ip + 10, 0);
            SegmentTemplate.Write(ip + 10, (ushort)~SegmentTemplate.Fold(ChecksumKernel.Sum(ip, transport - network)));
        }

        ulong sum = SegmentTemplate.PseudoSum(ip, isIpv6, IpProtocol.Tcp) + SegmentTemplate.Big(length - transport);
        SegmentTemplate.Write(tcp + 16, 0);
        ushort checksum = completeChecksum
            ? (ushort)~SegmentTemplate.Fold(sum + payloadSum + ChecksumKernel.Sum(tcp, header - transport))
            : SegmentTemplate.Fold(sum);
        SegmentTemplate.Write(tcp + 16, checksum);
    }

    private static int LastFlags(Frame train)
    {
        Frame last = train;
        while (!last.Info.Next.IsNull) last = last.Info.Next;
        return last.Pointer[last.Info.TransportOffset + 13];
    }
}
